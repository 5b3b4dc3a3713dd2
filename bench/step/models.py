"""The four models as a user of Keras writes them; `keras` is Keras 3 or tf_keras, which spell all of it alike.

The output is logits, in float32 under any policy, so that the loss is TensorFlow's own fused one.
"""

INPUT_SHAPES = {
    "lenet300100": (28, 28, 1),
    "mnistCnn": (28, 28, 1),
    "residualCnn": (28, 28, 1),
    "lstm64": (28, 28),
}
"""Shape of one example; every model reads the same 784 values."""


def mlp(keras):
    return keras.Sequential(
        [
            keras.layers.Input(INPUT_SHAPES["lenet300100"]),
            keras.layers.Flatten(),
            keras.layers.Dense(300, activation="relu"),
            keras.layers.Dense(100, activation="relu"),
            keras.layers.Dense(10, dtype="float32"),
        ]
    )


def cnn(keras):
    return keras.Sequential(
        [
            keras.layers.Input(INPUT_SHAPES["mnistCnn"]),
            keras.layers.Conv2D(32, 3, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(64, 3, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(10, dtype="float32"),
        ]
    )


def residual(keras):
    def normalised(x, filters, size, strides):
        x = keras.layers.Conv2D(filters, size, strides=strides, padding="same", use_bias=False)(x)
        return keras.layers.BatchNormalization()(x)

    def block(x, filters, strides):
        inner = keras.layers.ReLU()(normalised(x, filters, 3, strides))
        inner = normalised(inner, filters, 3, 1)
        shortcut = x if strides == 1 else normalised(x, filters, 1, strides)
        return keras.layers.ReLU()(keras.layers.Add()([inner, shortcut]))

    inputs = keras.layers.Input(INPUT_SHAPES["residualCnn"])
    x = keras.layers.ReLU()(normalised(inputs, 16, 3, 1))
    for filters, strides in [(16, 1), (32, 2), (64, 2)]:
        x = block(x, filters, strides)
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, keras.layers.Dense(10, dtype="float32")(x))


def lstm(keras):
    return keras.Sequential(
        [
            keras.layers.Input(INPUT_SHAPES["lstm64"]),
            keras.layers.LSTM(64),
            keras.layers.Dense(10, dtype="float32"),
        ]
    )


BUILDERS = {"lenet300100": mlp, "mnistCnn": cnn, "residualCnn": residual, "lstm64": lstm}


def build(keras, name):
    return BUILDERS[name](keras)
