#include <cmath>

#include "discrete.hpp"
#include "zoopt/math.hpp"

namespace zoopt {
namespace {

// Each variable is a number 0 ... k - 1 with probabilities softmax(its k logits), by inversion of the cumulative sum;
// the score with respect to the logits is onehot(x) - p.
class Categorical final : public Discrete {
   public:
    explicit Categorical(const Setup& setup) : Discrete(setup, setup.dim / setup.categories), k_(setup.categories) {}

    std::size_t width(std::size_t dim) const override { return dim / k_; }

    void candidates(const Theta&, std::size_t first, std::size_t count, bool, unsigned, double* rows) const override {
        for (std::size_t s = first; s < first + count; ++s) {
            const std::vector<double> u = uniforms(s);
            for (std::size_t v = 0; v < u.size(); ++v) *rows++ = static_cast<double>(chosen(v, u[v]));
        }
    }

    // The mode of each variable; the first where several are equally likely.
    void centre(const Theta& theta, double* row) const override {
        for (std::size_t v = 0; v < theta.dim() / k_; ++v) {
            const double* logits = &theta.mean[v * k_];
            row[v] = static_cast<double>(std::max_element(logits, logits + k_) - logits);
        }
    }

    // The pseudo-inverse of the Fisher information diag(p) - p p^T takes onehot / p - 1 to the score; what it leaves
    // out is a shift of all logits of a variable, which changes nothing.
    void natural(const Theta&, std::span<double> g) const override {
        for (std::size_t v = 0; v < g.size() / k_; ++v) {
            double* of_variable = &g[v * k_];
            double sum = 0.0;
            for (std::size_t c = 0; c < k_; ++c) {
                const double probability = p()[v * k_ + c];
                of_variable[c] = probability > 0.0 ? of_variable[c] / probability : 0.0;
                sum += of_variable[c];
            }
            for (std::size_t c = 0; c < k_; ++c) of_variable[c] -= sum / static_cast<double>(k_);
        }
    }

   protected:
    void probabilities(const Theta& theta, std::vector<double>& p) const override {
        p.resize(theta.dim());
        for (std::size_t v = 0; v < theta.dim() / k_; ++v) {
            const double* logits = &theta.mean[v * k_];
            const double top = *std::max_element(logits, logits + k_);
            double sum = 0.0;
            for (std::size_t c = 0; c < k_; ++c) sum += p[v * k_ + c] = portable::exp(logits[c] - top);
            for (std::size_t c = 0; c < k_; ++c) p[v * k_ + c] /= sum;
        }
    }

    void score(std::span<const double> u, std::span<double> z) const override {
        for (std::size_t v = 0; v < u.size(); ++v) {
            for (std::size_t c = 0; c < k_; ++c) z[v * k_ + c] = -p()[v * k_ + c];
            z[v * k_ + chosen(v, u[v])] += 1.0;
        }
    }

   private:
    // The first category at which the cumulative probability exceeds u; never one of probability 0.
    std::size_t chosen(std::size_t variable, double u) const {
        const double* p_v = &p()[variable * k_];
        double cumulative = 0.0;
        std::size_t last = 0;
        for (std::size_t c = 0; c < k_; ++c) {
            if (p_v[c] > 0.0) last = c;
            cumulative += p_v[c];
            if (u < cumulative) return c;
        }
        return last;
    }

    std::size_t k_;
};

std::unique_ptr<Distribution> make(const Options&, const Setup& setup) {
    if (setup.categories < 2 || setup.dim % setup.categories != 0) {
        throw Error(ErrorKind::invalid_input,
                    "a categorical distribution needs x0 of shape (variables, categories) with at least 2 categories");
    }
    return std::make_unique<Categorical>(setup);
}

const Register<Distribution> entry{
    {"categorical",
     "Independent choices among k categories with probabilities softmax(logits); x0 has shape (variables, k).",
     {},
     make}};

}  // namespace
}  // namespace zoopt
