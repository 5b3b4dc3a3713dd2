import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation } from 'grpc-health-check';
import { toErrorData } from '../../core/errors.js';
import { deviceName, tensorFlowVersion } from '../../core/network/tensorflow.js';
import type { Tf } from '../../core/network/tf.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import type { Stage, StageProgress } from '../../core/sweep/stage.js';
import { DataCache } from '../../core/training/engines/data-cache.js';
import { ProgramCache } from '../../core/training/engines/program-cache.js';
import { span, within } from '../../core/training/profile/profile.js';
import { runStage } from '../../core/training/stages/run-stage.js';
import { type StageContext, StageHandedOver } from '../../core/training/stages/stage-context.js';
import type { DescribeRequest } from '../../proto/generated/prunefront/v1/DescribeRequest.js';
import type { DescribeResponse } from '../../proto/generated/prunefront/v1/DescribeResponse.js';
import type { HandOverRequest } from '../../proto/generated/prunefront/v1/HandOverRequest.js';
import type { HandOverResponse } from '../../proto/generated/prunefront/v1/HandOverResponse.js';
import type { RunStageRequest__Output } from '../../proto/generated/prunefront/v1/RunStageRequest.js';
import type { RunStageResponse } from '../../proto/generated/prunefront/v1/RunStageResponse.js';
import { packageDefinition, trainerService } from '../../proto/load.js';
import { candidateFailure } from './candidate-failure.js';
import { eagerLog } from './eager-log.js';

/** What a trainer process serves with. */
export interface TrainerOptions {
  readonly tf: Tf;
  readonly store: ArtifactStore;
  /** Path of the local socket; under 100 characters. */
  readonly socket: string;
  readonly ranOn: string;
  readonly checkpointEveryMs: number;
  /** Bytes of data that it holds resident; larger data are streamed. */
  readonly residentLimit?: number | undefined;
  /** What `precision: auto` is here: bfloat16 where a calibration has measured that it is faster. */
  readonly prefersBfloat16?: boolean;
  /** Bytes of compiled programs that are kept; prepared data sets may take a quarter of it beside them. */
  readonly programBytes: number;
}

/** Milliseconds between two progress messages of a stage. */
const PROGRESS_EVERY_MS = 500;
/** Milliseconds of training in one call of TensorFlow: long enough to cost nothing, short enough to hear a cancellation. */
const CALL_MS = 100;

/** Serves `TrainerService` with health and reflection on a local socket. It runs one stage at a time; a second one waits its turn. */
export async function startTrainer(options: TrainerOptions): Promise<{ close(): Promise<void> }> {
  const { tf, store, socket, ranOn, checkpointEveryMs, programBytes, residentLimit } = options;
  const programs = new ProgramCache({ bytes: programBytes, residentBytes: residentLimit, onEager: eagerLog(ranOn) });
  const dataSets = new DataCache(programBytes / 4);
  let endWait = span('wait');
  let stagesRun = 0;
  let turn: Promise<void> = Promise.resolve();
  const underWay = new Set<AbortController>();

  const run = async (
    call: ServerWritableStream<RunStageRequest__Output, RunStageResponse>,
    signal: AbortSignal,
    handOver: AbortSignal,
  ): Promise<void> => {
    if (signal.aborted) return;
    if (handOver.aborted) {
      call.write({ handedOver: '' });
      call.end();
      return;
    }
    endWait();
    let lastSent = Number.NEGATIVE_INFINITY;
    let lastPhase: StageProgress['phase'] | null = null;
    let untold: StageProgress | null = null;
    // Who counts steps needs the last one, too.
    const tellLast = (): void => {
      if (untold !== null) call.write({ progressJson: JSON.stringify(untold) });
    };
    try {
      const stage = JSON.parse(call.request.stageJson) as Stage;
      const context: StageContext = {
        tf,
        store,
        programs,
        prefersBfloat16: options.prefersBfloat16 ?? false,
        dataSets,
        callMs: CALL_MS,
        ranOn,
        checkpointEveryMs,
        checkpoint: call.request.checkpoint === '' ? null : call.request.checkpoint,
        signal,
        handOver,
        onProgress(progress) {
          const now = performance.now();
          if (progress.phase === lastPhase && now - lastSent < PROGRESS_EVERY_MS) {
            untold = progress;
            return;
          }
          untold = null;
          lastSent = now;
          lastPhase = progress.phase;
          call.write({ progressJson: JSON.stringify(progress) });
        },
      };
      const about = { stage: stage.key, kind: stage.operation.kind };
      const record = await within('stage', () => runStage(stage, context), about);
      tellLast();
      call.write({ finishedStageKey: record.stage.key });
    } catch (error) {
      if (!signal.aborted) tellLast();
      if (error instanceof StageHandedOver) call.write({ handedOver: error.checkpoint });
      else if (!signal.aborted) call.write({ failedJson: JSON.stringify(toErrorData(candidateFailure(error))) });
    } finally {
      stagesRun += 1;
      endWait = span('wait');
      call.end();
    }
  };

  const server = new Server({ 'grpc.max_receive_message_length': 4 * 1024 * 1024 });
  server.addService(trainerService, {
    RunStage(call: ServerWritableStream<RunStageRequest__Output, RunStageResponse>) {
      // From the start on: a stage may be taken back while it waits for its turn.
      const cancelled = new AbortController();
      call.on('cancelled', () => cancelled.abort(new Error('cancelled')));
      const handOver = new AbortController();
      underWay.add(handOver);
      turn = turn.then(() => run(call, cancelled.signal, handOver.signal)).finally(() => underWay.delete(handOver));
    },
    HandOver(_call: ServerUnaryCall<HandOverRequest, HandOverResponse>, reply: sendUnaryData<HandOverResponse>) {
      for (const each of underWay) each.abort();
      reply(null, {});
    },
    Describe(_call: ServerUnaryCall<DescribeRequest, DescribeResponse>, reply: sendUnaryData<DescribeResponse>) {
      reply(null, {
        device: deviceName(tf),
        tensorflowVersion: tensorFlowVersion(tf),
        residentBytes: process.memoryUsage.rss(),
        tensorCount: tf.memory().numTensors,
        stagesRun,
        programs: programs.size,
        programBytes: programs.bytes,
        dataBytes: dataSets.bytes,
        compilations: programs.compiled,
      });
    },
  });
  new HealthImplementation({ '': 'SERVING', 'prunefront.v1.TrainerService': 'SERVING' }).addToServer(server);
  new ReflectionService(packageDefinition).addToServer(server);
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) =>
      error === null ? resolve() : reject(error),
    );
  });
  return {
    close: () => new Promise((resolve) => server.tryShutdown(() => resolve())),
  };
}
