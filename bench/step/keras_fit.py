"""One training step by `fit` of Keras 3 or tf_keras, with their defaults: graph mode, `jit_compile` as it is, `steps_per_execution` 1."""

import worker

parsed = worker.arguments()
tf = worker.tensorflow(parsed)

if parsed.keras == "2":
    import tf_keras as keras
else:
    import keras

import numpy as np  # noqa: E402

import models  # noqa: E402


def trainer(model, x, y):
    """A function that trains about as many steps as it is told: some batches of the data, or whole epochs."""
    in_epoch = len(y) // parsed.batch

    def train(steps):
        if steps < in_epoch:
            count, epochs = steps * parsed.batch, 1
        else:
            count, epochs = len(y), round(steps / in_epoch)
        history = model.fit(x[:count], y[:count], batch_size=parsed.batch, epochs=epochs, verbose=0)
        return count // parsed.batch * epochs, float(history.history["loss"][-1])

    return train


def main():
    if parsed.precision == "bfloat16":
        keras.mixed_precision.set_global_policy("mixed_bfloat16")
    model = models.build(keras, parsed.model)
    model.compile(
        optimizer=keras.optimizers.Adam(0.001), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    )
    x, y = worker.examples(parsed, models.INPUT_SHAPES[parsed.model])
    asked = "'auto'" if parsed.keras == "3" else "None"
    first = model.trainable_variables[0]
    about = {
        "parameters": sum(int(np.prod(variable.shape)) for variable in model.trainable_variables),
        "device": (first.value if parsed.keras == "3" else first).device,
        "note": f"Keras {keras.__version__}, TensorFlow {tf.__version__}, jit_compile {asked} → {bool(model.jit_compile)}",
    }
    worker.serve(trainer(model, x, y), about)


main()
