"""The script that a user of Keras 2 would write today: tfmot's prune_low_magnitude, one candidate after another.

    TF_USE_LEGACY_KERAS=1 python peer.py INPUTS.safetensors CANDIDATES.json RESULTS.json [--only baseline] [--share 0/2] [--threads 1]

INPUTS holds the images, labels and split and the weights of the trained dense model, so that all sides start from the same;
CANDIDATES the settings; RESULTS gets what was measured. With --share I/N the process takes every N-th candidate from I on.
"""

import argparse
import json
import os
import sys
import time

os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
import tensorflow_model_optimization as tfmot  # noqa: E402
import tf_keras as keras  # noqa: E402

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "peers"))

from shared_inputs import read_safetensors  # noqa: E402


def dense_model():
    return keras.Sequential(
        [
            keras.layers.Input((28, 28, 1)),
            keras.layers.Conv2D(32, 3, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(64, 3, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )


def compiled(model, learning_rate):
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model


def schedule(candidate):
    settings = candidate["settings"]
    if candidate["schedule"] == "polynomial":
        return tfmot.sparsity.keras.PolynomialDecay(
            initial_sparsity=settings["initialSparsity"],
            final_sparsity=candidate["sparsity"],
            begin_step=settings["beginStep"],
            end_step=settings["endStep"],
            power=settings["power"],
            frequency=settings["frequency"],
        )
    return tfmot.sparsity.keras.ConstantSparsity(
        candidate["sparsity"], settings["beginStep"], settings["endStep"], settings["frequency"]
    )


def run_candidate(candidate, weights, inputs, training):
    started = time.perf_counter()
    model = dense_model()
    model.set_weights(weights)
    pruned = tfmot.sparsity.keras.prune_low_magnitude(model, pruning_schedule=schedule(candidate))
    compiled(pruned, training["learningRate"]).fit(
        inputs["trainX"],
        inputs["trainY"],
        batch_size=training["batchSize"],
        epochs=training["epochs"],
        callbacks=[tfmot.sparsity.keras.UpdatePruningStep()],
        verbose=0,
    )
    final = compiled(tfmot.sparsity.keras.strip_pruning(pruned), training["learningRate"])
    validation = final.evaluate(inputs["validationX"], inputs["validationY"], verbose=0)[1]
    test = final.evaluate(inputs["testX"], inputs["testY"], verbose=0)[1]
    kernels = [w.numpy() for w in final.trainable_weights if "kernel" in w.name]
    zeros = sum(int((kernel == 0).sum()) for kernel in kernels)
    return {
        "schedule": candidate["schedule"],
        "sparsity": candidate["sparsity"],
        "validationAccuracy": float(validation),
        "testAccuracy": float(test),
        "reachedSparsity": zeros / sum(kernel.size for kernel in kernels),
        "seconds": time.perf_counter() - started,
    }


def train_baseline(inputs, baseline):
    """Seconds of the dense training that every side needs once."""
    started = time.perf_counter()
    compiled(dense_model(), baseline["learningRate"]).fit(
        inputs["trainX"], inputs["trainY"], batch_size=baseline["batchSize"], epochs=baseline["epochs"], verbose=0
    )
    return time.perf_counter() - started


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("inputs")
    parser.add_argument("candidates")
    parser.add_argument("results")
    parser.add_argument("--only", choices=["baseline", "candidates"])
    parser.add_argument("--share", default="0/1")
    parser.add_argument("--threads", type=int, default=0)
    arguments = parser.parse_args()
    if arguments.threads > 0:
        tf.config.threading.set_intra_op_parallelism_threads(arguments.threads)
        tf.config.threading.set_inter_op_parallelism_threads(arguments.threads)
    share, shares = (int(part) for part in arguments.share.split("/"))
    inputs = read_safetensors(arguments.inputs)
    for split in ("train", "validation", "test"):
        inputs[split + "X"] = inputs[split + "X"].astype(np.float32)
    weights = [inputs[name] for name in sorted(name for name in inputs if name.startswith("weight/"))]
    with open(arguments.candidates, encoding="utf8") as file:
        plan = json.load(file)
    # Trained for the time it takes; the candidates start from the weights of INPUTS.
    baseline = train_baseline(inputs, plan["baseline"]) if arguments.only != "candidates" else None
    mine = plan["candidates"][share::shares] if arguments.only != "baseline" else []
    rows = [run_candidate(candidate, weights, inputs, plan["training"]) for candidate in mine]
    with open(arguments.results, "w", encoding="utf8") as file:
        json.dump(
            {
                "baselineSeconds": baseline,
                "versions": {"tensorflow": tf.__version__, "tf_keras": keras.__version__, "tfmot": tfmot.__version__},
                "candidates": rows,
            },
            file,
        )


if __name__ == "__main__":
    main()
