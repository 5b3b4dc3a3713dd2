"""What the programs of all Python sides have in common: their arguments, and the lines by which they are told when to run.

The program says `{"ready": …}` once it is warm; to each line `run N` it trains about N steps and says how many they were.
It ends when its input does.
"""

import argparse
import json
import math
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "peers"))

WARM_UP_STEPS = 12


def arguments():
    """Parses the command line, and sets what TensorFlow reads when it is loaded."""
    parser = argparse.ArgumentParser()
    parser.add_argument("inputs")
    parser.add_argument("--model", required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--threads", type=int, default=0, help="threads of TensorFlow; 0 leaves its default")
    parser.add_argument("--keras", choices=["2", "3"], default="3")
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
    parsed = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    if parsed.keras == "2":
        os.environ["TF_USE_LEGACY_KERAS"] = "1"
    return parsed


def tensorflow(parsed):
    """TensorFlow with the threads that were asked for."""
    import tensorflow as tf

    if parsed.threads > 0:
        tf.config.threading.set_intra_op_parallelism_threads(parsed.threads)
        tf.config.threading.set_inter_op_parallelism_threads(parsed.threads)
    return tf


def examples(parsed, shape):
    """Whole batches of the images, as the model takes them, and their labels."""
    from shared_inputs import read_safetensors

    inputs = read_safetensors(parsed.inputs)
    count = len(inputs["y"]) // parsed.batch * parsed.batch
    return inputs["x"][:count].reshape((count, *shape)), inputs["y"][:count]


def serve(train, about):
    """Warms up with `train(steps)`, which gives the steps taken and the last loss, and then does what it is told."""
    train(WARM_UP_STEPS)
    print(json.dumps({"ready": True, **about}), flush=True)
    for line in sys.stdin:
        steps, loss = train(int(line.split()[1]))
        print(json.dumps({"steps": steps, "loss": loss if math.isfinite(loss) else None}), flush=True)
