"""Peer program in TensorFlow: Keras layers; the whole step (batch, gradients, Adam) is one tf.function.

    tensorflow_train.py --model cnn --configuration fused-adam

fused-adam: one ApplyAdam kernel per tensor instead of Keras' chain of elementwise operations.
xla: XLA compiles the step.
"""

import os

import common

chosen = common.options(__doc__, ("fused-adam", "xla"))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf  # noqa: E402  (after the number of threads is set)

tf.config.threading.set_intra_op_parallelism_threads(chosen.threads)
tf.config.threading.set_inter_op_parallelism_threads(1)
tf.keras.utils.set_random_seed(chosen.seed)

images, labels, _ = common.images_and_labels(chosen.data)
images, labels = tf.constant(images[..., None]), tf.constant(labels)


def uniform(inputs):
    bound = inputs**-0.5
    rule = tf.keras.initializers.RandomUniform
    # An initializer returns the same values at every call, so weights and biases get one each.
    return {"kernel_initializer": rule(-bound, bound), "bias_initializer": rule(-bound, bound)}


def convolution(inputs, outputs):
    return tf.keras.layers.Conv2D(outputs, 3, activation="relu", **uniform(9 * inputs))


def dense(inputs, outputs, activation=None):
    return tf.keras.layers.Dense(outputs, activation=activation, **uniform(inputs))


if chosen.model == "cnn":
    layers = [
        convolution(1, 32), convolution(32, 64), tf.keras.layers.MaxPool2D(2),
        tf.keras.layers.Flatten(), dense(9216, 128, "relu"), dense(128, 10)]
else:
    layers = [
        tf.keras.layers.Flatten(), dense(784, 512, "relu"), dense(512, 512, "relu"),
        dense(512, 10)]
net = tf.keras.Sequential([tf.keras.layers.Input((28, 28, 1)), *layers])
weights = net.trainable_variables

if "fused-adam" in chosen.words:
    moments = [[tf.Variable(tf.zeros(weight.shape)) for weight in weights] for _ in range(2)]
    power1, power2 = tf.Variable(1.0), tf.Variable(1.0)

    def update(gradients):
        power1.assign(power1 * 0.9)
        power2.assign(power2 * 0.999)
        for weight, m, v, gradient in zip(weights, *moments, gradients):
            tf.raw_ops.ResourceApplyAdam(
                var=weight.value.handle, m=m.handle, v=v.handle, beta1_power=power1,
                beta2_power=power2, lr=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8, grad=gradient)
else:
    optimizer = tf.keras.optimizers.Adam(1e-3, epsilon=1e-8)
    optimizer.build(weights)

    def update(gradients):
        optimizer.apply_gradients(zip(gradients, weights))


@tf.function(jit_compile="xla" in chosen.words)
def train(indices):
    x, y = tf.gather(images, indices), tf.gather(labels, indices)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, net(x)))
    update(tape.gradient(loss, [weight.value for weight in weights]))
    return loss


seconds, loss = common.measure(
    lambda indices: train(tf.constant(indices)), lambda loss: float(loss.numpy()),
    common.batches(len(labels), chosen.batch, chosen.seed), chosen.steps)
common.report("TensorFlow", tf.__version__, chosen, seconds, loss)
