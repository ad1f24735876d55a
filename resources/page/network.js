// The forward pass of a network. Each entry of LAYERS maps a batch to a batch: `x` has the numbers of
// `count` samples, one sample after another, `layer` the shapes and arguments of the layer, and `w` its
// weights by name. Python reads the names of this table to know which networks a page can compute.

const LAYERS = {};

function size(shape) {
  return shape.reduce((product, length) => product * length, 1);
}

function each(formula) {
  return (x, count, layer) => {
    const found = new Float64Array(x.length);
    for (let i = 0; i < x.length; i += 1) found[i] = formula(x[i], layer.args);
    return found;
  };
}

const unchanged = (x) => x;

LAYERS["torch.nn:Identity"] = unchanged;
LAYERS["torch.nn:Flatten"] = unchanged;
LAYERS["torch.nn:Dropout"] = unchanged;
LAYERS["torch.nn:Dropout2d"] = unchanged;
LAYERS["nnplay.engine.modules.reshape:Reshape"] = unchanged;

LAYERS["torch.nn:Linear"] = (x, count, layer, w) => {
  const inputs = layer.in[0];
  const outputs = layer.out[0];
  const found = new Float64Array(count * outputs);
  for (let sample = 0; sample < count; sample += 1) {
    for (let unit = 0; unit < outputs; unit += 1) {
      let sum = w.bias ? w.bias[unit] : 0;
      const row = unit * inputs;
      const start = sample * inputs;
      for (let i = 0; i < inputs; i += 1) sum += w.weight[row + i] * x[start + i];
      found[sample * outputs + unit] = sum;
    }
  }
  return found;
};

LAYERS["torch.nn:Conv2d"] = (x, count, layer, w) => {
  const [channels, height, width] = layer.in;
  const [filters, rows, columns] = layer.out;
  const { kernel_size: kernel, stride, padding, dilation, groups } = layer.args;
  const share = channels / groups;
  const found = new Float64Array(count * filters * rows * columns);
  let place = 0;
  for (let sample = 0; sample < count; sample += 1) {
    for (let filter = 0; filter < filters; filter += 1) {
      const first = Math.floor(filter / (filters / groups)) * share;
      for (let row = 0; row < rows; row += 1) {
        for (let column = 0; column < columns; column += 1) {
          let sum = w.bias ? w.bias[filter] : 0;
          for (let c = 0; c < share; c += 1) {
            const image = (sample * channels + first + c) * height;
            const weights = (filter * share + c) * kernel;
            for (let i = 0; i < kernel; i += 1) {
              const y = row * stride - padding + i * dilation;
              if (y < 0 || y >= height) continue;
              for (let j = 0; j < kernel; j += 1) {
                const z = column * stride - padding + j * dilation;
                if (z < 0 || z >= width) continue;
                sum += w.weight[(weights + i) * kernel + j] * x[(image + y) * width + z];
              }
            }
          }
          found[place] = sum;
          place += 1;
        }
      }
    }
  }
  return found;
};

function pooled(start, add, end) {
  return (x, count, layer) => {
    const [channels, height, width] = layer.in;
    const [, rows, columns] = layer.out;
    const { kernel_size: kernel, stride } = layer.args;
    const found = new Float64Array(count * channels * rows * columns);
    let place = 0;
    for (let image = 0; image < count * channels; image += 1) {
      for (let row = 0; row < rows; row += 1) {
        for (let column = 0; column < columns; column += 1) {
          let value = start;
          for (let i = 0; i < kernel; i += 1) {
            const line = (image * height + row * stride + i) * width + column * stride;
            for (let j = 0; j < kernel; j += 1) value = add(value, x[line + j]);
          }
          found[place] = end(value, kernel * kernel);
          place += 1;
        }
      }
    }
    return found;
  };
}

LAYERS["torch.nn:MaxPool2d"] = pooled(-Infinity, Math.max, (value) => value);
LAYERS["torch.nn:AvgPool2d"] = pooled(0, (sum, value) => sum + value, (sum, n) => sum / n);

LAYERS["nnplay.engine.modules.reshape:GlobalAverage"] = (x, count, layer) => {
  // Images are (channels, height, width), sequences (steps, features).
  const isImage = layer.in.length === 3;
  const outputs = layer.out[0];
  const places = size(layer.in) / outputs;
  const found = new Float64Array(count * outputs);
  for (let sample = 0; sample < count; sample += 1) {
    for (let output = 0; output < outputs; output += 1) {
      let sum = 0;
      for (let p = 0; p < places; p += 1) {
        const inside = isImage ? output * places + p : p * outputs + output;
        sum += x[sample * outputs * places + inside];
      }
      found[sample * outputs + output] = sum / places;
    }
  }
  return found;
};

LAYERS["nnplay.engine.modules.reshape:PictureRows"] = (x, count, layer) => {
  const [channels, height, width] = layer.in;
  const found = new Float64Array(x.length);
  for (let sample = 0; sample < count; sample += 1) {
    for (let c = 0; c < channels; c += 1) {
      for (let row = 0; row < height; row += 1) {
        for (let column = 0; column < width; column += 1) {
          const from = ((sample * channels + c) * height + row) * width + column;
          found[((sample * height + row) * channels + c) * width + column] = x[from];
        }
      }
    }
  }
  return found;
};

function batchNorm(x, count, layer, w) {
  const features = layer.in[0];
  const places = size(layer.in) / features;
  const found = new Float64Array(x.length);
  for (let i = 0; i < x.length; i += 1) {
    const feature = Math.floor(i / places) % features;
    const scale = w.weight[feature] / Math.sqrt(w.running_var[feature] + layer.args.eps);
    found[i] = (x[i] - w.running_mean[feature]) * scale + w.bias[feature];
  }
  return found;
}

LAYERS["torch.nn:BatchNorm1d"] = batchNorm;
LAYERS["torch.nn:BatchNorm2d"] = batchNorm;

LAYERS["torch.nn:LayerNorm"] = (x, count, layer, w) => {
  const length = size(layer.args.normalized_shape);
  const found = new Float64Array(x.length);
  for (let start = 0; start < x.length; start += length) {
    let mean = 0;
    for (let i = 0; i < length; i += 1) mean += x[start + i] / length;
    let variance = 0;
    for (let i = 0; i < length; i += 1) variance += (x[start + i] - mean) ** 2 / length;
    const scale = 1 / Math.sqrt(variance + layer.args.eps);
    for (let i = 0; i < length; i += 1) {
      found[start + i] = (x[start + i] - mean) * scale * w.weight[i] + w.bias[i];
    }
  }
  return found;
};

LAYERS["torch.nn:Softmax"] = (x, count, layer) => {
  const axis = layer.args.dim - 1;
  const length = layer.in[axis];
  const apart = size(layer.in.slice(axis + 1));
  const found = new Float64Array(x.length);
  for (let start = 0; start < x.length; start += 1) {
    if (Math.floor(start / apart) % length) continue;
    let highest = -Infinity;
    for (let i = 0; i < length; i += 1) highest = Math.max(highest, x[start + i * apart]);
    let sum = 0;
    for (let i = 0; i < length; i += 1) sum += Math.exp(x[start + i * apart] - highest);
    for (let i = 0; i < length; i += 1) {
      found[start + i * apart] = Math.exp(x[start + i * apart] - highest) / sum;
    }
  }
  return found;
};

// The error function after Abramowitz and Stegun, 7.1.26; the error is below 1.5e-7.
function erf(x) {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return Math.sign(x) * (1 - series * Math.exp(-x * x));
}

const sigmoid = (v) => 1 / (1 + Math.exp(-v));
const softplus = (v) => Math.max(0, v) + Math.log1p(Math.exp(-Math.abs(v)));
const clipped = (v, low, high) => Math.min(Math.max(v, low), high);
const elu = (v, alpha) => (v > 0 ? v : alpha * Math.expm1(v));

function gelu(v, approximate) {
  if (approximate === "tanh") {
    return 0.5 * v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3)));
  }
  return 0.5 * v * (1 + erf(v / Math.SQRT2));
}

LAYERS["torch.nn:ReLU"] = each((v) => Math.max(0, v));
LAYERS["torch.nn:LeakyReLU"] = each((v, a) => (v > 0 ? v : a.negative_slope * v));
LAYERS["torch.nn:RReLU"] = each((v, a) => (v > 0 ? v : ((a.lower + a.upper) / 2) * v));
LAYERS["torch.nn:ReLU6"] = each((v) => clipped(v, 0, 6));
LAYERS["torch.nn:ELU"] = each((v, a) => elu(v, a.alpha));
LAYERS["torch.nn:CELU"] = each((v, a) => (v > 0 ? v : a.alpha * Math.expm1(v / a.alpha)));
LAYERS["torch.nn:SELU"] = each((v) => 1.0507009873554805 * elu(v, 1.6732632423543772));
LAYERS["torch.nn:GELU"] = each((v, a) => gelu(v, a.approximate));
LAYERS["torch.nn:SiLU"] = each((v) => v * sigmoid(v));
LAYERS["torch.nn:Mish"] = each((v) => v * Math.tanh(softplus(v)));
LAYERS["torch.nn:Hardswish"] = each((v) => (v * clipped(v + 3, 0, 6)) / 6);
LAYERS["torch.nn:Softplus"] = each((v, a) => (a.beta * v > a.threshold ? v : softplus(a.beta * v) / a.beta));
LAYERS["torch.nn:Threshold"] = each((v, a) => (v > a.threshold ? v : a.value));
LAYERS["torch.nn:Sigmoid"] = each(sigmoid);
LAYERS["torch.nn:Hardsigmoid"] = each((v) => clipped(v / 6 + 0.5, 0, 1));
LAYERS["torch.nn:LogSigmoid"] = each((v) => -softplus(-v));
LAYERS["torch.nn:Tanh"] = each(Math.tanh);
LAYERS["torch.nn:Hardtanh"] = each((v, a) => clipped(v, a.min_val, a.max_val));
LAYERS["torch.nn:Softsign"] = each((v) => v / (1 + Math.abs(v)));
LAYERS["torch.nn:Tanhshrink"] = each((v) => v - Math.tanh(v));
LAYERS["torch.nn:Softshrink"] = each((v, a) => Math.sign(v) * Math.max(0, Math.abs(v) - a.lambd));
LAYERS["torch.nn:Hardshrink"] = each((v, a) => (Math.abs(v) > a.lambd ? v : 0));

LAYERS["torch.nn:PReLU"] = (x, count, layer, w) => {
  const channels = layer.in[0];
  const places = size(layer.in) / channels;
  return Float64Array.from(x, (v, i) => {
    const channel = w.weight.length === 1 ? 0 : Math.floor(i / places) % channels;
    return v > 0 ? v : w.weight[channel] * v;
  });
};

// Formulas arrive as trees: ["number", 2], ["name", "x"], or an operation with its operands.
const even = (v) => (Math.abs(v % 1) === 0.5 ? 2 * Math.round(v / 2) : Math.round(v));
const OPERATIONS = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a - b * Math.floor(a / b),
  "**": (a, b) => a ** b,
  "<": (a, b) => Number(a < b),
  "<=": (a, b) => Number(a <= b),
  ">": (a, b) => Number(a > b),
  ">=": (a, b) => Number(a >= b),
  "==": (a, b) => Number(a === b),
  "!=": (a, b) => Number(a !== b),
  and: (...all) => Number(all.every((v) => v !== 0)),
  or: (...all) => Number(all.some((v) => v !== 0)),
  not: (a) => Number(a === 0),
  if: (test, a, b) => (test !== 0 ? a : b),
  round: even,
};
const FUNCTIONS = new Set(
  "sin cos tan asin acos atan sinh cosh tanh exp log log2 log10 sqrt abs sign floor ceil atan2 hypot min max".split(" "),
);

function formulaValue(tree, names) {
  const [head, ...rest] = tree;
  if (head === "number") return rest[0];
  if (head === "name") return names[rest[0]];
  const values = rest.map((part) => formulaValue(part, names));
  return FUNCTIONS.has(head) ? Math[head](...values) : OPERATIONS[head](...values);
}

LAYERS["nnplay.engine.modules.features:Features"] = (x, count, layer) => {
  const inputs = layer.in[0];
  const trees = layer.args.formulas;
  const found = new Float64Array(count * trees.length);
  for (let sample = 0; sample < count; sample += 1) {
    const names = { x: x[sample * inputs], y: x[sample * inputs + inputs - 1], pi: Math.PI, e: Math.E };
    trees.forEach((tree, i) => {
      found[sample * trees.length + i] = formulaValue(tree, names);
    });
  }
  return found;
};

// Return the outputs of a network, flat, for `count` samples that are scaled as in training.
// `weights` has an array for each name of PyTorch's state_dict, such as "0.weight".
function forward(layers, weights, x, count) {
  let values = x;
  layers.forEach((layer, number) => {
    const own = {};
    for (const name of layer.weights) own[name] = weights[`${number}.${name}`];
    values = LAYERS[layer.kind](values, count, layer, own);
  });
  return values;
}

// Return what outputs mean: probabilities of classes or labels, or numbers in the units of the data.
function predictions(output, outputs, count) {
  const width = outputs.length / count;
  if (output.form === "classes") {
    return LAYERS["torch.nn:Softmax"](outputs, count, { args: { dim: 1 }, in: [width] });
  }
  if (output.form === "labels") return outputs.map(sigmoid);
  if (output.form === "binary") {
    const both = new Float64Array(2 * count);
    outputs.forEach((v, i) => {
      both[2 * i + 1] = sigmoid(v);
      both[2 * i] = 1 - both[2 * i + 1];
    });
    return both;
  }
  return outputs.map((v, i) => {
    const value = output.link === "log" ? Math.exp(v) : v;
    return output.mean ? value * output.std[i % width] + output.mean[i % width] : value;
  });
}

// Return samples in the units of the data as the network receives them.
function scaled(inputs, x) {
  if (!inputs) return x;
  const width = inputs.shift.length;
  return x.map((v, i) => (v - inputs.shift[i % width]) / inputs.size[i % width]);
}
