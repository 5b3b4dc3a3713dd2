"""The limit that TensorFlow itself sets: a loop inside one graph over images that stay in memory, gathered by index.

No Python runs between two steps. The loss is the fused sparse cross-entropy, whose gradient its kernel computes along; Adam is one fused
kernel for each variable. Where a model can be written in several ways, and with or without XLA, the warm-up tries each and keeps the fastest.
"""

import time

import worker

parsed = worker.arguments()
tf = worker.tensorflow(parsed)

import numpy as np  # noqa: E402

import handwritten_models  # noqa: E402
import models  # noqa: E402

TRIAL_SECONDS = 0.5


def training(build, xla, x, y):
    """A compiled function that trains steps on given batches of indices and gives the last loss; and the number of parameters."""
    variables, forward = build()
    slots = [(tf.Variable(tf.zeros_like(v)), tf.Variable(tf.zeros_like(v))) for v in variables]
    powers = [tf.Variable(0.9), tf.Variable(0.999)]

    def step(batch):
        images, labels = tf.gather(x, batch), tf.gather(y, batch)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(variables)
            logits = forward(images)
            loss, gradient = tf.raw_ops.SparseSoftmaxCrossEntropyWithLogits(features=logits, labels=labels)
        gradients = tape.gradient(logits, variables, gradient / parsed.batch)
        first, second = powers[0].read_value(), powers[1].read_value()
        for variable, (m, v), own in zip(variables, slots, gradients):
            tf.raw_ops.ResourceApplyAdam(
                var=variable.handle,
                m=m.handle,
                v=v.handle,
                beta1_power=first,
                beta2_power=second,
                lr=0.001,
                beta1=0.9,
                beta2=0.999,
                epsilon=1e-7,
                grad=own,
            )
        powers[0].assign(first * 0.9)
        powers[1].assign(second * 0.999)
        return tf.reduce_mean(loss)

    one_step = tf.function(step, jit_compile=True) if xla else step

    @tf.function(input_signature=[tf.TensorSpec([None, parsed.batch], tf.int32)])
    def train(order):
        loss = tf.constant(0.0)
        for i in tf.range(tf.shape(order)[0]):
            loss = one_step(order[i])
        return loss

    return train, sum(int(np.prod(v.shape)) for v in variables)


def trainer(train, examples):
    """Trains about as many steps as it is told, in an order that is shuffled anew for each epoch."""
    random = np.random.default_rng(2)

    def run(steps):
        epochs = -(-steps * parsed.batch // examples)
        order = np.concatenate([random.permutation(examples) for _ in range(epochs)])[: steps * parsed.batch]
        loss = train(tf.constant(order.reshape(steps, parsed.batch), tf.int32))
        return steps, float(loss)

    return run


def seconds_a_step(run):
    """Of a short trial after a warm-up, with as many steps as fill it."""
    run(4)
    started = time.perf_counter()
    run(8)
    steps = max(8, round(TRIAL_SECONDS * 8 / (time.perf_counter() - started)))
    started = time.perf_counter()
    run(steps)
    return (time.perf_counter() - started) / steps


def main():
    images, labels = worker.examples(parsed, models.INPUT_SHAPES[parsed.model])
    x, y = tf.constant(images), tf.constant(labels)
    trials = []
    ways = handwritten_models.GPU_WAYS if tf.config.list_physical_devices("GPU") else handwritten_models.WAYS
    for build, xla in ways[parsed.model]:
        name = f"{build.__name__}{' with XLA' if xla else ''}"
        train, parameters = training(build, xla, x, y)
        run = trainer(train, len(labels))
        trials.append((seconds_a_step(run), name, run, parameters))
    trials.sort(key=lambda trial: trial[0])
    _, name, run, parameters = trials[0]
    others = ", ".join(f"{name} {1000 * seconds:.2f} ms" for seconds, name, *_ in trials)
    about = {
        "parameters": parameters,
        "device": x.device,
        "note": f"TensorFlow {tf.__version__}, {name} (tried: {others})",
    }
    worker.serve(run, about)


main()
