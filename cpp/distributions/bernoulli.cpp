#include "discrete.hpp"
#include "zoopt/math.hpp"

namespace zoopt {
namespace {

// x_i = 1 where u_i < p_i, p = 1 / (1 + exp(-logit)); the score with respect to the logit is x - p.
class Bernoulli final : public Discrete {
   public:
    explicit Bernoulli(const Setup& setup) : Discrete(setup, setup.dim) {}

    void candidates(const Theta&, std::size_t first, std::size_t count, bool, unsigned, double* rows) const override {
        for (std::size_t s = first; s < first + count; ++s, rows += p().size()) {
            const std::vector<double> u = uniforms(s);
            for (std::size_t i = 0; i < u.size(); ++i) rows[i] = u[i] < p()[i] ? 1.0 : 0.0;
        }
    }

    // The mode.
    void centre(const Theta& theta, double* row) const override {
        for (std::size_t i = 0; i < theta.dim(); ++i) row[i] = theta.mean[i] > 0.0 ? 1.0 : 0.0;
    }

    // Divides by the Fisher information p (1 - p) of the logit.
    void natural(const Theta&, std::span<double> g) const override {
        for (std::size_t i = 0; i < g.size(); ++i) {
            const double information = p()[i] * (1.0 - p()[i]);
            g[i] = information > 0.0 ? g[i] / information : 0.0;
        }
    }

   protected:
    void probabilities(const Theta& theta, std::vector<double>& p) const override {
        p.resize(theta.dim());
        for (std::size_t i = 0; i < p.size(); ++i) p[i] = 1.0 / (1.0 + portable::exp(-theta.mean[i]));
    }

    void score(std::span<const double> u, std::span<double> z) const override {
        for (std::size_t i = 0; i < z.size(); ++i) z[i] = (u[i] < p()[i] ? 1.0 : 0.0) - p()[i];
    }
};

const Register<Distribution> entry{
    {"bernoulli",
     "Independent bits: x_i is 1 with probability 1 / (1 + exp(-logit_i)); the parameters are the logits.",
     {},
     [](const Options&, const Setup& setup) { return std::make_unique<Bernoulli>(setup); }}};

}  // namespace
}  // namespace zoopt
