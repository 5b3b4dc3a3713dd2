/** How a device is used: so many trainers at once, of so many threads each. */
export interface TrainerPlan {
  readonly trainers: number;
  /** CPU threads that a trainer computes with; null leaves it to TensorFlow, as on a GPU. */
  readonly threads: number | null;
}

/** Trainers on one GPU that are tried: more of them wait for each other. */
const ON_A_GPU = [1, 2, 3, 4];

/**
 * The plans worth trying on a CPU, the least memory first: trainers that together take all cores, whose number is halved from one a
 * core down to one; and half of the cores at one thread each, which is the best where cores come in pairs that share what computes.
 */
export function cpuPlans(cores: number): TrainerPlan[] {
  const plans = new Map<string, TrainerPlan>();
  const add = (trainers: number, threads: number): void => {
    plans.set(`${trainers} ${threads}`, { trainers, threads });
  };
  for (let threads = 1; threads <= cores; threads *= 2) {
    const trainers = Math.floor(cores / threads);
    // The cores that this number of trainers leaves over are theirs, too.
    add(trainers, Math.floor(cores / trainers));
  }
  add(Math.max(1, Math.floor(cores / 2)), 1);
  return [...plans.values()].sort((a, b) => a.trainers - b.trainers || (a.threads ?? 0) - (b.threads ?? 0));
}

/** The plans worth trying on a GPU, in their order. */
export function gpuPlans(): TrainerPlan[] {
  return ON_A_GPU.map((trainers) => ({ trainers, threads: null }));
}
