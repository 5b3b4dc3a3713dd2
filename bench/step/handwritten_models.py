"""The four models in TensorFlow's own operations, as fast as they are known to run.

Each function gives the trainable variables and the forward pass. The forward pass of a model with batch normalization also moves the
averages, by the operation that computes the batch's statistics anyway.
"""

import numpy as np
import tensorflow as tf

random = np.random.default_rng(1)


def weights(shape, initial=None):
    """A variable, by Glorot's uniform initializer unless its value is given."""
    if initial is None:
        field = int(np.prod(shape[:-2]))
        limit = np.sqrt(6 / (field * (shape[-2] + shape[-1])))
        initial = random.uniform(-limit, limit, shape)
    return tf.Variable(np.asarray(initial, np.float32))


def vector(size, value=0.0):
    return weights((size,), np.full(size, value))


def mlp():
    sizes = [784, 300, 100, 10]
    layers = [(weights((i, o)), vector(o)) for i, o in zip(sizes, sizes[1:])]

    def forward(x):
        x = tf.reshape(x, [-1, 784])
        for at, (kernel, bias) in enumerate(layers):
            x = tf.nn.bias_add(tf.matmul(x, kernel), bias)
            x = x if at == len(layers) - 1 else tf.nn.relu(x)
        return x

    return [variable for layer in layers for variable in layer], forward


def cnn():
    convolutions = [(weights((3, 3, 1, 32)), vector(32)), (weights((3, 3, 32, 64)), vector(64))]
    kernel, bias = weights((1600, 10)), vector(10)

    def forward(x):
        for own_kernel, own_bias in convolutions:
            x = tf.nn.bias_add(tf.nn.conv2d(x, own_kernel, 1, "VALID"), own_bias)
            x = tf.nn.max_pool2d(tf.nn.relu(x), 2, 2, "VALID")
        return tf.nn.bias_add(tf.matmul(tf.reshape(x, [-1, 1600]), kernel), bias)

    return [variable for layer in convolutions for variable in layer] + [kernel, bias], forward


def residual():
    trained = []

    def normalised(inputs, filters, size, strides):
        kernel, scale, offset = weights((size, size, inputs, filters)), vector(filters, 1.0), vector(filters)
        mean, variance = vector(filters), vector(filters, 1.0)
        trained.extend([kernel, scale, offset])

        def apply(x):
            x = tf.nn.conv2d(x, kernel, strides, "SAME")
            # Keras' momentum of 0.99 and epsilon of 0.001.
            y, new_mean, new_variance, *_ = tf.raw_ops.FusedBatchNormV3(
                x=x, scale=scale, offset=offset, mean=mean, variance=variance, epsilon=0.001, exponential_avg_factor=0.01
            )
            mean.assign(new_mean)
            variance.assign(new_variance)
            return y

        return apply

    def block(inputs, filters, strides):
        first, second = normalised(inputs, filters, 3, strides), normalised(filters, filters, 3, 1)
        shortcut = None if strides == 1 else normalised(inputs, filters, 1, strides)
        return lambda x: tf.nn.relu(second(tf.nn.relu(first(x))) + (x if shortcut is None else shortcut(x)))

    stem = normalised(1, 16, 3, 1)
    blocks = [block(16, 16, 1), block(16, 32, 2), block(32, 64, 2)]
    kernel, bias = weights((64, 10)), vector(10)
    trained.extend([kernel, bias])

    def forward(x):
        x = tf.nn.relu(stem(x))
        for apply in blocks:
            x = apply(x)
        return tf.nn.bias_add(tf.matmul(tf.reduce_mean(x, [1, 2]), kernel), bias)

    return trained, forward


UNITS = 64


def lstm():
    """All 28 time steps in one kernel, with gates in the order i, c, f, o.

    `BlockLSTMV2` orders them i, f, c, o, but the gradient that TensorFlow 2.21 registers for it is that of this one, so it would be wrong.
    """
    kernel = weights((28 + UNITS, 4 * UNITS))
    bias = weights((4 * UNITS,), np.repeat([0.0, 0.0, 1.0, 0.0], UNITS))
    out_kernel, out_bias = weights((UNITS, 10)), vector(10)
    unused = tf.zeros([UNITS])

    def forward(x):
        zeros = tf.zeros([tf.shape(x)[0], UNITS])
        hidden = tf.raw_ops.BlockLSTM(
            seq_len_max=tf.constant(28, tf.int64),
            x=tf.transpose(x, [1, 0, 2]),
            cs_prev=zeros,
            h_prev=zeros,
            w=kernel,
            wci=unused,
            wcf=unused,
            wco=unused,
            b=bias,
            use_peephole=False,
            forget_bias=0.0,
            cell_clip=-1.0,
        ).h
        return tf.nn.bias_add(tf.matmul(hidden[-1], out_kernel), out_bias)

    return [kernel, bias, out_kernel, out_bias], forward


def unrolled_lstm():
    """The same with 28 small matrix products in the graph, whose input parts are one large product."""
    kernel, recurrent = weights((28, 4 * UNITS)), weights((UNITS, 4 * UNITS))
    bias = weights((4 * UNITS,), np.repeat([0.0, 0.0, 1.0, 0.0], UNITS))
    out_kernel, out_bias = weights((UNITS, 10)), vector(10)

    def forward(x):
        batch = x.shape[0]
        steps = tf.reshape(tf.transpose(x, [1, 0, 2]), [28 * batch, 28])
        projected = tf.split(tf.nn.bias_add(tf.matmul(steps, kernel), bias), 28)
        h = c = tf.zeros([batch, UNITS])
        for part in projected:
            i, j, f, o = tf.split(part + tf.matmul(h, recurrent), 4, axis=1)
            c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(j)
            h = tf.sigmoid(o) * tf.tanh(c)
        return tf.nn.bias_add(tf.matmul(h, out_kernel), out_bias)

    return [kernel, recurrent, bias, out_kernel, out_bias], forward


WAYS = {
    "lenet300100": [(mlp, False), (mlp, True)],
    "mnistCnn": [(cnn, False)],
    "residualCnn": [(residual, False)],
    "lstm64": [(unrolled_lstm, False), (lstm, False)],
}
"""The ways to write each model and whether XLA compiles them. On CPUs it takes twice as long for all but the first, so it is not tried."""

GPU_WAYS = {
    "lenet300100": WAYS["lenet300100"],
    "mnistCnn": [(cnn, False), (cnn, True)],
    "residualCnn": [(residual, False), (residual, True)],
    "lstm64": [(unrolled_lstm, False), (unrolled_lstm, True)],
}
"""The same on GPUs, which have no kernel of `BlockLSTM` that is worth a trial."""
