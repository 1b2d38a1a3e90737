"""
The compiled core of zoopt. Private: the public names are in the package above it.
"""
from __future__ import annotations
import collections.abc
import numpy
import numpy.typing
import typing
__all__: list[str] = ['Architecture', 'DenseFlow', 'Engine', 'Field', 'Flow', 'ForeignObjective', 'GoalReached', 'LossObjective', 'Measure', 'MetricObjective', 'MiniBatches', 'NOISE_VERSION', 'NgramModel', 'Objective', 'PolicyObjective', 'PolicyTask', 'RecordedObjective', 'Recorder', 'Rerank', 'RerankValue', 'SkipReading', 'Targets', 'TestFunction', 'adam_flow', 'average_field', 'bleu', 'bleu_statistics', 'bleu_value', 'cma_constants', 'cpu_tier', 'cpu_tiers', 'decode', 'deep_linear_field', 'descend', 'distributions', 'disturbed', 'drivers', 'epoch_flow', 'field_in_turn', 'flooding_field', 'flow', 'flow_methods', 'foreign_field', 'function_field', 'gradient_penalty_field', 'haar_rotation', 'has_expected_counts', 'l2_field', 'loss_field', 'metric_objective', 'metrics', 'modified_flow', 'needs_mean', 'network_scores', 'noise_float32', 'noise_float64', 'operating_point', 'policy_field', 'policy_on_model', 'policy_on_scores', 'portable_cos_half_turns', 'portable_exp', 'portable_log', 'portable_power', 'portable_whole_power', 'probabilities', 'probe_fma', 'product_field', 'python_field', 'python_value', 'python_values', 'quadratic_field', 'schedules', 'select_cpu_tier', 'shapings', 'smoothed_field', 'stopping_options', 'symmetric_eigen', 'test_function', 'test_functions', 'threefry4x32', 'uncertainty', 'updates', 'value_field', 'weak_normals', 'weight_scale_field']
class Objective:
    """
    A compiled objective.
    """
    def evaluate(self, rows: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], generation: typing.SupportsInt | typing.SupportsIndex = 0, threads: typing.SupportsInt | typing.SupportsIndex = 1) -> numpy.typing.NDArray[numpy.float64]:
        ...
    @property
    def dim(self) -> int:
        ...
    @property
    def maximise(self) -> bool:
        ...
class TestFunction(Objective):
    """
    A compiled test function.
    """
class ForeignObjective(Objective):
    """
    Code compiled elsewhere.
    """
    def __init__(self, address: typing.SupportsInt | typing.SupportsIndex, *, dim: typing.SupportsInt | typing.SupportsIndex, batch: bool, maximise: bool, invalid: bool, threads_of_its_own: bool, owner: typing.Any) -> None:
        ...
class Architecture:
    """
    What a compiled model is.
    """
    def __init__(self, features: typing.SupportsInt | typing.SupportsIndex, hidden: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], outputs: typing.SupportsInt | typing.SupportsIndex, activation: str) -> None:
        ...
    @property
    def dim(self) -> int:
        ...
    @property
    def features(self) -> int:
        ...
    @property
    def hidden(self) -> list[int]:
        ...
    @property
    def outputs(self) -> int:
        ...
class LossObjective(Objective):
    """
    The loss of a model on its samples.
    """
    def __init__(self, architecture: Architecture, X: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], truth: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], weights: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], *, loss: str, offsets: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], focusing: typing.SupportsFloat | typing.SupportsIndex, float32: bool, batch_size: typing.SupportsInt | typing.SupportsIndex, seed: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    def of_chosen(self, chosen: typing.Annotated[numpy.typing.ArrayLike, numpy.uint32]) -> LossObjective:
        ...
    def value_and_gradient(self, theta: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], generation: typing.SupportsInt | typing.SupportsIndex, threads: typing.SupportsInt | typing.SupportsIndex) -> tuple:
        ...
class Targets:
    """
    What samples truly are, and how much each counts.
    """
    @staticmethod
    def of_classes(numbers: typing.Annotated[numpy.typing.ArrayLike, numpy.int32], count: typing.SupportsInt | typing.SupportsIndex, weights: typing.Annotated[numpy.typing.ArrayLike, numpy.float64] | None) -> Targets:
        ...
    @staticmethod
    def of_labels(labels: typing.Annotated[numpy.typing.ArrayLike, numpy.uint8], weights: typing.Annotated[numpy.typing.ArrayLike, numpy.float64] | None) -> Targets:
        ...
    @staticmethod
    def of_quantities(values: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], weights: typing.Annotated[numpy.typing.ArrayLike, numpy.float64] | None) -> Targets:
        ...
    def chosen(self, samples: typing.Annotated[numpy.typing.ArrayLike, numpy.uint32]) -> Targets:
        """
        The targets of these samples.
        """
class Measure:
    """
    A metric with its options.
    """
    def __init__(self, name: str, numbers: collections.abc.Mapping[str, typing.SupportsFloat | typing.SupportsIndex], table: typing.Annotated[numpy.typing.ArrayLike, numpy.float64] | None, negated: bool) -> None:
        ...
    def check(self, targets: Targets) -> None:
        """
        Raise where no candidate has a value on these targets.
        """
    def evaluate(self, scores: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], targets: Targets, threads: typing.SupportsInt | typing.SupportsIndex = 1) -> numpy.typing.NDArray[numpy.float64]:
        ...
    @property
    def maximise(self) -> bool:
        ...
class MiniBatches:
    """
    Which samples the mini-batch of a generation holds.
    """
    def __init__(self, samples: typing.SupportsInt | typing.SupportsIndex, size: typing.SupportsInt | typing.SupportsIndex, seed: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    def of(self, generation: typing.SupportsInt | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.uint32]:
        ...
    @property
    def an_epoch(self) -> int:
        ...
class MetricObjective(Objective):
    """
    The metric of a model on its samples.
    """
    def samples(self) -> numpy.typing.NDArray[numpy.float64]:
        """
        The samples, as the model has them.
        """
    def scores(self, theta: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> numpy.typing.NDArray[numpy.float64]:
        ...
class PolicyTask:
    """
    What a policy is rewarded for, and how its gradient is estimated.
    """
    def __init__(self, *, outputs: typing.SupportsInt | typing.SupportsIndex, temperatures: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], table: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], rows: typing.Annotated[numpy.typing.ArrayLike, numpy.uint32], weights: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], truth: typing.Annotated[numpy.typing.ArrayLike, numpy.int32] | None, name: str, metric: Measure | None, estimator: typing.SupportsInt | typing.SupportsIndex, draws: typing.SupportsInt | typing.SupportsIndex, gumbel: bool, baseline: typing.SupportsInt | typing.SupportsIndex, seed: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class PolicyObjective:
    """
    The expected reward of a softmax policy.
    """
    def choices(self, theta: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], generation: typing.SupportsInt | typing.SupportsIndex, threads: typing.SupportsInt | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.int32]:
        ...
    def probabilities(self, theta: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], threads: typing.SupportsInt | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.float64]:
        ...
    def score(self, theta: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], weights: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], generation: typing.SupportsInt | typing.SupportsIndex, threads: typing.SupportsInt | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.float64]:
        ...
    def value_and_gradient(self, theta: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], generation: typing.SupportsInt | typing.SupportsIndex, threads: typing.SupportsInt | typing.SupportsIndex) -> tuple:
        ...
    def values(self, rows: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], generation: typing.SupportsInt | typing.SupportsIndex, threads: typing.SupportsInt | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.float64]:
        ...
    @property
    def dim(self) -> int:
        ...
class SkipReading:
    """
    A classifier that decides what to read.
    """
    def __init__(self, *, begin: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], outputs: typing.SupportsInt | typing.SupportsIndex, X: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], truth: typing.Annotated[numpy.typing.ArrayLike, numpy.int32], cost: typing.SupportsFloat | typing.SupportsIndex, likelihood: bool, learn_gates: bool, draws: typing.SupportsInt | typing.SupportsIndex, seed: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    def read(self, theta: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], X: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> tuple:
        ...
    def value(self, theta: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], chosen: typing.Annotated[numpy.typing.ArrayLike, numpy.uint32], generation: typing.SupportsInt | typing.SupportsIndex, threads: typing.SupportsInt | typing.SupportsIndex) -> float:
        ...
    def value_and_gradient(self, theta: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], chosen: typing.Annotated[numpy.typing.ArrayLike, numpy.uint32], generation: typing.SupportsInt | typing.SupportsIndex, threads: typing.SupportsInt | typing.SupportsIndex) -> tuple:
        ...
    @property
    def classifier(self) -> int:
        ...
    @property
    def dim(self) -> int:
        ...
class RerankValue:
    """
    A corpus metric of added-up statistics.
    """
class Rerank(Objective):
    """
    A corpus metric of picks from n-best lists.
    """
    def __init__(self, begins: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], features: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], statistics: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], value: RerankValue, maximise: bool) -> None:
        ...
    def answering(self, invalid: bool) -> Rerank:
        """
        The same with NaN where the value cannot be computed, or with a failure.
        """
    def climb(self, start: typing.Annotated[numpy.typing.ArrayLike, numpy.int32], passes: typing.SupportsInt | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.int32] | None:
        """
        Picks that hill-climbing ends at; None where the value cannot be computed.
        """
    def data(self) -> tuple:
        """
        Begins, features and statistics.
        """
    def line(self, x: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], direction: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], threads: typing.SupportsInt | typing.SupportsIndex) -> tuple:
        """
        Breakpoints along a line, and the totals of the intervals between them.
        """
    def picks(self, candidate: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> numpy.typing.NDArray[numpy.int32]:
        ...
    def totals(self, picks: typing.Annotated[numpy.typing.ArrayLike, numpy.int32]) -> numpy.typing.NDArray[numpy.float64]:
        ...
class NgramModel:
    """
    A trigram language model.
    """
    def __init__(self, tokens: typing.Annotated[numpy.typing.ArrayLike, numpy.int32], begins: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], words: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    def log_probability(self, sentence: typing.Annotated[numpy.typing.ArrayLike, numpy.int32]) -> float:
        """
        Of a sentence, its end included.
        """
    def next(self, before: typing.SupportsInt | typing.SupportsIndex, last: typing.SupportsInt | typing.SupportsIndex, word: typing.SupportsInt | typing.SupportsIndex) -> float:
        """
        Of a word behind two others; 0 is the begin of a sentence, 1 its end, words count from 2.
        """
class Engine:
    """
    The ask/tell loop over one search distribution.
    """
    def __init__(self, *, distribution: str, shaping: str, metric: str, update: str, schedule: str, driver: str, population: typing.SupportsInt | typing.SupportsIndex, antithetic: bool, options: collections.abc.Mapping[str, typing.SupportsFloat | typing.SupportsIndex], start: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], scale: typing.SupportsFloat | typing.SupportsIndex, seed: typing.SupportsInt | typing.SupportsIndex, maximise: bool, threads: typing.SupportsInt | typing.SupportsIndex, categories: typing.SupportsInt | typing.SupportsIndex, horizon: typing.SupportsFloat | typing.SupportsIndex, memory_limit: typing.SupportsFloat | typing.SupportsIndex, most_effort: typing.SupportsFloat | typing.SupportsIndex, covariance: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], bounds_handling: str, lower: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], upper: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> None:
        ...
    def ask(self) -> numpy.typing.NDArray[numpy.float64]:
        ...
    def keep_record(self, keep: bool) -> None:
        ...
    def load(self, state: dict) -> None:
        ...
    def replay(self, weights: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], redraws: typing.Annotated[numpy.typing.ArrayLike, numpy.int64]) -> None:
        ...
    def resample(self, values: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> tuple:
        ...
    def run(self, objective: Objective, evaluations: typing.SupportsInt | typing.SupportsIndex, target: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    def save(self) -> dict:
        ...
    def tell(self, values: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> None:
        ...
    def tell_candidates(self, values: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], candidates: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> None:
        ...
    def tell_gradient(self, value: typing.SupportsFloat | typing.SupportsIndex, gradient: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> None:
        ...
    @property
    def best(self) -> typing.Any:
        ...
    @property
    def centre(self) -> numpy.typing.NDArray[numpy.float64]:
        ...
    @property
    def covariance(self) -> numpy.typing.NDArray[numpy.float64]:
        ...
    @property
    def deviations(self) -> numpy.typing.NDArray[numpy.float64]:
        ...
    @property
    def dim(self) -> int:
        ...
    @property
    def effort(self) -> int:
        ...
    @property
    def evaluations(self) -> int:
        ...
    @property
    def exact(self) -> bool:
        ...
    @property
    def generation(self) -> int:
        ...
    @property
    def invalid(self) -> int:
        ...
    @property
    def leg(self) -> int:
        ...
    @property
    def legs(self) -> list:
        ...
    @property
    def mean(self) -> numpy.typing.NDArray[numpy.float64]:
        ...
    @property
    def objective_generation(self) -> int:
        ...
    @property
    def passes(self) -> list:
        ...
    @property
    def population(self) -> int:
        ...
    @property
    def record(self) -> list:
        ...
    @property
    def rows(self) -> int:
        ...
    @property
    def scale(self) -> float:
        ...
    @property
    def stop(self) -> int:
        ...
    @property
    def trace(self) -> tuple:
        ...
    @property
    def width(self) -> int:
        ...
class Field:
    """
    A function with its gradient.
    """
    def gradient(self, x: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> numpy.typing.NDArray[numpy.float64]:
        ...
    def hessian_vector(self, x: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], v: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> numpy.typing.NDArray[numpy.float64]:
        ...
    def select(self, step: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    def third(self, x: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], v: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> numpy.typing.NDArray[numpy.float64]:
        ...
    def value(self, x: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> float:
        ...
    def value_and_gradient(self, x: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> tuple:
        ...
    def values(self, rows: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> numpy.typing.NDArray[numpy.float64]:
        ...
    @property
    def conservative(self) -> bool:
        ...
    @property
    def counts(self) -> tuple[int, int, int]:
        ...
    @property
    def dim(self) -> int:
        ...
    @property
    def has_hessian_vector(self) -> bool:
        ...
    @property
    def has_third(self) -> bool:
        ...
    @property
    def rounding(self) -> float:
        ...
class DenseFlow:
    """
    A flow at any time.
    """
    def at(self, times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> numpy.typing.NDArray[numpy.float64]:
        ...
    @property
    def dim(self) -> int:
        ...
    @property
    def times(self) -> numpy.typing.NDArray[numpy.float64]:
        ...
class Flow:
    """
    How a flow went.
    """
    @property
    def dense(self) -> DenseFlow:
        ...
    @property
    def end(self) -> int:
        ...
    @property
    def evaluations(self) -> int:
        ...
    @property
    def events(self) -> list:
        ...
    @property
    def rejected(self) -> int:
        ...
    @property
    def steps(self) -> int:
        ...
    @property
    def t(self) -> numpy.typing.NDArray[numpy.float64]:
        ...
    @property
    def time(self) -> float:
        ...
    @property
    def x(self) -> numpy.typing.NDArray[numpy.float64]:
        ...
class GoalReached(Exception):
    pass
class Recorder:
    """
    The best value so far at checkpoints, and which evaluation first reached each target.
    """
    def __init__(self, *, checkpoints: typing.Annotated[numpy.typing.ArrayLike, numpy.uint64], targets: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], optimum: typing.SupportsFloat | typing.SupportsIndex, goal: typing.SupportsFloat | typing.SupportsIndex, maximise: bool) -> None:
        ...
    def note(self, values: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> None:
        ...
    def note_one(self, value: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def below(self) -> float:
        ...
    @property
    def best(self) -> float:
        ...
    @property
    def curve(self) -> numpy.typing.NDArray[numpy.float64]:
        ...
    @property
    def evaluations(self) -> int:
        ...
    @property
    def hits(self) -> numpy.typing.NDArray[numpy.int64]:
        ...
    @property
    def invalid(self) -> int:
        ...
    @property
    def over(self) -> bool:
        ...
class RecordedObjective(Objective):
    """
    An objective whose evaluations are recorded, timed and disturbed.
    """
    def __init__(self, objective: Objective, recorder: Recorder, seed: typing.SupportsInt | typing.SupportsIndex = 0, deviation: typing.SupportsFloat | typing.SupportsIndex = 0.0) -> None:
        ...
    def record(self, points: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> typing.Any:
        ...
    @property
    def nanoseconds(self) -> float:
        ...
def adam_flow(parts: collections.abc.Sequence[Field], beta_1: typing.SupportsFloat | typing.SupportsIndex, beta_2: typing.SupportsFloat | typing.SupportsIndex, epsilon: typing.SupportsFloat | typing.SupportsIndex, learning_rate: typing.SupportsFloat | typing.SupportsIndex) -> Field:
    ...
def average_field(parts: collections.abc.Sequence[Field]) -> Field:
    ...
def bleu(statistics: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], smoothing: str, smoothing_value: typing.SupportsFloat | typing.SupportsIndex, effective_order: bool) -> numpy.typing.NDArray[numpy.float64]:
    """
    BLEU of added-up statistics, a value a row.
    """
def bleu_statistics(tokens: typing.Annotated[numpy.typing.ArrayLike, numpy.int32], begins: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], reference_tokens: typing.Annotated[numpy.typing.ArrayLike, numpy.int32], reference_begins: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], segments: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], reference_segments: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], threads: typing.SupportsInt | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.float64]:
    """
    Lengths, matches and totals of every hypothesis.
    """
def bleu_value(smoothing: str, smoothing_value: typing.SupportsFloat | typing.SupportsIndex, effective_order: bool) -> RerankValue:
    ...
def cma_constants(dim: typing.SupportsInt | typing.SupportsIndex, population: typing.SupportsInt | typing.SupportsIndex, given: collections.abc.Mapping[str, typing.SupportsFloat | typing.SupportsIndex] = {}, separable: bool = False) -> dict:
    """
    The constants of the cma updates where some are given: weights by rank and learning rates, by name.
    """
def cpu_tier() -> str:
    """
    The CPU tier in force.
    """
def cpu_tiers() -> list[str]:
    """
    The CPU tiers that this build holds and this CPU can run, slowest first.
    """
def decode(model: NgramModel, source_words: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], of_source: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], spans: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], words: typing.Annotated[numpy.typing.ArrayLike, numpy.int32], word_begins: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], scores: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], weights: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], beam: typing.SupportsInt | typing.SupportsIndex, distortion_limit: typing.SupportsInt | typing.SupportsIndex, best: typing.SupportsInt | typing.SupportsIndex, threads: typing.SupportsInt | typing.SupportsIndex) -> list:
    """
    The best translations of every source, as words and features.
    """
def deep_linear_field(widths: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], columns: typing.SupportsInt | typing.SupportsIndex, inputs: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], targets: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> Field:
    ...
def descend(field: Field, x0: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], *, update: str, schedule: str, options: collections.abc.Mapping[str, typing.SupportsFloat | typing.SupportsIndex], steps: typing.SupportsInt | typing.SupportsIndex, every: typing.SupportsInt | typing.SupportsIndex, most: typing.SupportsInt | typing.SupportsIndex, events: list, callback: typing.Any) -> Flow:
    ...
def distributions() -> dict:
    """
    Registered distributions: name -> (summary, options).
    """
def disturbed(values: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], first: typing.SupportsInt | typing.SupportsIndex, seed: typing.SupportsInt | typing.SupportsIndex, deviation: typing.SupportsFloat | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.float64]:
    """
    Values with the noise of their evaluations added.
    """
def drivers() -> dict:
    """
    Registered drivers: name -> (summary, options).
    """
def epoch_flow(parts: collections.abc.Sequence[Field], learning_rate: typing.SupportsFloat | typing.SupportsIndex, in_order: bool) -> Field:
    ...
def field_in_turn(parts: collections.abc.Sequence[Field], seed: typing.SupportsInt | typing.SupportsIndex | None) -> Field:
    ...
def flooding_field(inner: Field, level: typing.SupportsFloat | typing.SupportsIndex) -> Field:
    ...
def flow(field: Field, x0: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], *, method: str, start: typing.SupportsFloat | typing.SupportsIndex, stop: typing.SupportsFloat | typing.SupportsIndex, step: typing.SupportsFloat | typing.SupportsIndex | None, rtol: typing.SupportsFloat | typing.SupportsIndex, atol: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], first_step: typing.SupportsFloat | typing.SupportsIndex, max_step: typing.SupportsFloat | typing.SupportsIndex, at: typing.Annotated[numpy.typing.ArrayLike, numpy.float64] | None, every: typing.SupportsInt | typing.SupportsIndex, most: typing.SupportsInt | typing.SupportsIndex, dense: bool, events: list, max_steps: typing.SupportsInt | typing.SupportsIndex | None, callback: typing.Any) -> Flow:
    ...
def flow_methods() -> list:
    """
    Name, summary, order and whether it controls its steps, of every method.
    """
def foreign_field(value: typing.SupportsInt | typing.SupportsIndex, gradient: typing.SupportsInt | typing.SupportsIndex, hessian_vector: typing.SupportsInt | typing.SupportsIndex, dim: typing.SupportsInt | typing.SupportsIndex, owner: typing.Any) -> Field:
    ...
def function_field(name: str, dim: typing.SupportsInt | typing.SupportsIndex, shift: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> Field:
    ...
def gradient_penalty_field(inner: Field, coefficient: typing.SupportsFloat | typing.SupportsIndex) -> Field:
    ...
def haar_rotation(dim: typing.SupportsInt | typing.SupportsIndex, seed: typing.SupportsInt | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.float64]:
    ...
def has_expected_counts(metric: str) -> bool:
    ...
def l2_field(inner: Field, coefficient: typing.SupportsFloat | typing.SupportsIndex) -> Field:
    ...
def loss_field(objective: LossObjective, threads: typing.SupportsInt | typing.SupportsIndex) -> Field:
    ...
def metric_objective(architecture: Architecture, X: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], targets: Targets, measure: Measure | None, float32: bool, batch_size: typing.SupportsInt | typing.SupportsIndex, seed: typing.SupportsInt | typing.SupportsIndex) -> MetricObjective:
    ...
def metrics() -> dict:
    """
    Of every metric: summary, whether to be maximised, what it is made from for each kind of y, options.
    """
def modified_flow(parts: collections.abc.Sequence[Field], plain: typing.SupportsFloat | typing.SupportsIndex, first: typing.SupportsFloat | typing.SupportsIndex, second: typing.SupportsFloat | typing.SupportsIndex) -> Field:
    ...
def needs_mean(shaping: str) -> bool:
    """
    Whether that shaping asks for the value of the mean.
    """
def network_scores(architecture: Architecture, X: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], theta: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], float32: bool, threads: typing.SupportsInt | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.float64]:
    ...
def noise_float32(seed: typing.SupportsInt | typing.SupportsIndex, stream: typing.SupportsInt | typing.SupportsIndex, generation: typing.SupportsInt | typing.SupportsIndex, sample: typing.SupportsInt | typing.SupportsIndex, start: typing.SupportsInt | typing.SupportsIndex, size: typing.SupportsInt | typing.SupportsIndex, kind: typing.SupportsInt | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.float32]:
    ...
def noise_float64(seed: typing.SupportsInt | typing.SupportsIndex, stream: typing.SupportsInt | typing.SupportsIndex, generation: typing.SupportsInt | typing.SupportsIndex, sample: typing.SupportsInt | typing.SupportsIndex, start: typing.SupportsInt | typing.SupportsIndex, size: typing.SupportsInt | typing.SupportsIndex, kind: typing.SupportsInt | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.float64]:
    ...
def operating_point(scores: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], targets: Targets, least_recall: bool, least: typing.SupportsFloat | typing.SupportsIndex) -> tuple:
    """
    Feasible, threshold, precision, recall.
    """
def policy_field(objective: PolicyObjective, threads: typing.SupportsInt | typing.SupportsIndex) -> Field:
    ...
def policy_on_model(task: PolicyTask, model: Architecture, X: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], float32: bool, batch_size: typing.SupportsInt | typing.SupportsIndex, seed: typing.SupportsInt | typing.SupportsIndex) -> PolicyObjective:
    ...
def policy_on_scores(task: PolicyTask) -> PolicyObjective:
    ...
def portable_cos_half_turns(x: typing.SupportsFloat | typing.SupportsIndex) -> float:
    ...
def portable_exp(x: typing.SupportsFloat | typing.SupportsIndex) -> float:
    ...
def portable_log(x: typing.SupportsFloat | typing.SupportsIndex) -> float:
    ...
def portable_power(x: typing.SupportsFloat | typing.SupportsIndex, y: typing.SupportsFloat | typing.SupportsIndex) -> float:
    ...
def portable_whole_power(x: typing.SupportsFloat | typing.SupportsIndex, n: typing.SupportsInt | typing.SupportsIndex) -> float:
    ...
def probabilities(scores: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], targets: Targets) -> numpy.typing.NDArray[numpy.float64]:
    ...
def probe_fma(rounds: typing.SupportsInt | typing.SupportsIndex, float32: bool) -> int:
    """
    Run multiply-adds on registers and return how many floating-point operations they were, for benchmarks.
    """
def product_field(y: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> Field:
    ...
def python_field(value: collections.abc.Callable, gradient: collections.abc.Callable, dim: typing.SupportsInt | typing.SupportsIndex, hessian_vector: typing.Any, select: typing.Any) -> Field:
    ...
def python_value(function: typing.Any, width: typing.SupportsInt | typing.SupportsIndex) -> RerankValue:
    """
    What a function makes of totals of shape (rows, width).
    """
def python_values(values: collections.abc.Callable, dim: typing.SupportsInt | typing.SupportsIndex) -> Field:
    ...
def quadratic_field(curvature: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], centre: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> Field:
    ...
def schedules() -> dict:
    """
    Registered schedules: name -> (summary, options).
    """
def select_cpu_tier(name: str) -> None:
    """
    Choose a CPU tier from here on.
    """
def shapings() -> dict:
    """
    Registered shapings: name -> (summary, options).
    """
def smoothed_field(inner: Field, radius: typing.SupportsFloat | typing.SupportsIndex, directions: typing.SupportsInt | typing.SupportsIndex, rademacher: bool, antithetic: bool, seed: typing.SupportsInt | typing.SupportsIndex) -> Field:
    ...
def stopping_options() -> list:
    """
    Options of the stopping rules, which every algorithm has.
    """
def symmetric_eigen(matrix: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> tuple:
    """
    Eigenvalues, eigenvectors as rows, and whether the iteration converged, in no particular order.
    """
def test_function(name: str, dim: typing.SupportsInt | typing.SupportsIndex, shift: typing.Annotated[numpy.typing.ArrayLike, numpy.float64] | None = None, rotation: typing.Annotated[numpy.typing.ArrayLike, numpy.float64] | None = None) -> TestFunction:
    ...
def test_functions() -> list:
    """
    Name, summary and least dimension of every test function.
    """
def threefry4x32(counter: typing.Annotated[collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], "FixedSize(4)"], key: typing.Annotated[collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], "FixedSize(4)"], rounds: typing.SupportsInt | typing.SupportsIndex = 20) -> typing.Annotated[list[int], "FixedSize(4)"]:
    ...
def uncertainty(first: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], again: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> float:
    """
    Rank changes of costs between two evaluations, above what is tolerated.
    """
def updates() -> dict:
    """
    Registered updates: name -> (summary, options).
    """
def value_field(objective: Objective, threads: typing.SupportsInt | typing.SupportsIndex) -> Field:
    ...
def weak_normals(seed: typing.SupportsInt | typing.SupportsIndex, generation: typing.SupportsInt | typing.SupportsIndex, sample: typing.SupportsInt | typing.SupportsIndex, start: typing.SupportsInt | typing.SupportsIndex, size: typing.SupportsInt | typing.SupportsIndex, rounds: typing.SupportsInt | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.float32]:
    """
    Normals from a weakened generator, to show that the statistical tests can fail.
    """
def weight_scale_field(inner: Field, layers: list, norms: typing.SupportsFloat | typing.SupportsIndex, directions: typing.SupportsFloat | typing.SupportsIndex, floor: typing.SupportsFloat | typing.SupportsIndex) -> Field:
    ...
NOISE_VERSION: int = 1
