#include "bindings.hpp"
#include "objectives/phrase_decoder.hpp"
#include "zoopt/threads.hpp"

namespace zoopt::bindings {
namespace {

using objectives::DecoderSettings;
using objectives::NgramModel;
using objectives::PhraseFeatures;
using objectives::PhraseOption;
using objectives::Sentences;
using objectives::Translation;
using Matrix = Array<double>;
using Numbers = Array<std::int64_t>;
using Tokens = Array<std::int32_t>;

template <class T>
std::span<const T> view(const Array<T>& array) {
    return {array.data(), static_cast<std::size_t>(array.size())};
}

std::shared_ptr<NgramModel> ngram_model(const Tokens& tokens, const Numbers& begins, std::size_t words) {
    if (words + 2 > NgramModel::most_words) throw py::value_error("there are too many words");
    return std::make_shared<NgramModel>(Sentences{view(tokens), view(begins)}, words);
}

double sentence_log_probability(const NgramModel& model, const Tokens& sentence) {
    NgramModel::Word before = NgramModel::begin;
    NgramModel::Word last = NgramModel::begin;
    double sum = 0.0;
    for (std::int32_t token : view(sentence)) {
        sum += model.log_probability(before, last, NgramModel::word(token));
        before = last;
        last = NgramModel::word(token);
    }
    return sum + model.log_probability(before, last, NgramModel::end);
}

// Options of all sources, one after the other: those of source i are [of_source[i], of_source[i + 1]).
struct Options {
    std::vector<PhraseOption> all;
    std::span<const std::int64_t> of_source;

    std::vector<PhraseOption> of(std::size_t source) const {
        return {all.begin() + of_source[source], all.begin() + of_source[source + 1]};
    }
};

Options options_of(const Numbers& of_source, const Numbers& spans, const Tokens& words, const Numbers& word_begins,
                   const Matrix& scores) {
    const auto width = static_cast<std::size_t>(scores.shape(1));
    const Sentences phrases{view(words), view(word_begins)};
    Options options{{}, view(of_source)};
    for (std::size_t o = 0; o < phrases.count(); ++o) {
        options.all.push_back({static_cast<std::size_t>(spans.at(o, 0)), static_cast<std::size_t>(spans.at(o, 1)),
                               phrases[o], view(scores).subspan(o * width, width)});
    }
    return options;
}

py::tuple as_arrays(const Translation& translation) {
    return py::make_tuple(Tokens(static_cast<py::ssize_t>(translation.words.size()), translation.words.data()),
                          Matrix(static_cast<py::ssize_t>(translation.features.size()), translation.features.data()));
}

py::list decode_all(const NgramModel& model, const Numbers& source_words, const Numbers& of_source,
                    const Numbers& spans, const Tokens& words, const Numbers& word_begins, const Matrix& scores,
                    const Matrix& weights, std::size_t beam, std::size_t distortion_limit, std::size_t best,
                    unsigned threads) {
    const auto lengths = view(source_words);
    const PhraseFeatures features{static_cast<std::size_t>(scores.shape(1))};
    if (features.count() != view(weights).size()) throw py::value_error("weights must be as many as features");
    for (std::int64_t length : lengths) {
        if (length < 1 || static_cast<std::size_t>(length) > objectives::longest_source) {
            throw py::value_error("a source must have 1 to 63 words");
        }
    }
    const Options options = options_of(of_source, spans, words, word_begins, scores);
    const DecoderSettings settings{view(weights), beam, distortion_limit, best};
    std::vector<std::vector<Translation>> found(lengths.size());
    {
        const py::gil_scoped_release release;
        threads::parallel(lengths.size(), threads, [&](std::size_t first, std::size_t last) {
            for (std::size_t i = first; i < last; ++i) {
                found[i] = objectives::decode(static_cast<std::size_t>(lengths[i]), options.of(i), model, settings);
            }
        });
    }
    py::list lists;
    for (const std::vector<Translation>& of_one : found) {
        py::list list;
        for (const Translation& translation : of_one) list.append(as_arrays(translation));
        lists.append(list);
    }
    return lists;
}

}  // namespace

void register_decoder(py::module_& m) {
    py::class_<NgramModel, std::shared_ptr<NgramModel>>(m, "NgramModel", "A trigram language model.")
        .def(py::init(&ngram_model), py::arg("tokens"), py::arg("begins"), py::arg("words"))
        .def("log_probability", &sentence_log_probability, py::arg("sentence"), "Of a sentence, its end included.")
        .def("next", &NgramModel::log_probability, py::arg("before"), py::arg("last"), py::arg("word"),
             "Of a word behind two others; 0 is the begin of a sentence, 1 its end, words count from 2.");
    m.def("decode", &decode_all, py::arg("model"), py::arg("source_words"), py::arg("of_source"), py::arg("spans"),
          py::arg("words"), py::arg("word_begins"), py::arg("scores"), py::arg("weights"), py::arg("beam"),
          py::arg("distortion_limit"), py::arg("best"), py::arg("threads"),
          "The best translations of every source, as words and features.");
}

}  // namespace zoopt::bindings
