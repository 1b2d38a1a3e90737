#include <algorithm>
#include <cmath>

#include "engine/cma_constants.hpp"
#include "engine/kernels.hpp"
#include "zoopt/error.hpp"
#include "zoopt/math.hpp"
#include "zoopt/update.hpp"

namespace zoopt {
namespace {

constexpr double largest_scale = 1e32;

// The step of LM-MA-ES (Loshchilov, Glasmachers and Beyer 2017, algorithm 1). Its rates grow with population / dim,
// made for many dimensions; in few they are held at 1.
class LmMa final : public Update {
   public:
    LmMa(const Setup& setup, double mu_eff)
        : mu_eff_(mu_eff),
          ratio_(static_cast<double>(setup.rows) / static_cast<double>(setup.dim)),
          path_(setup.dim, 0.0) {}

    void check(const Distribution& distribution, Metric metric) const override {
        Theta theta;
        theta.mean.assign(1, 0.0);
        distribution.prepare(theta);
        if (theta.directions.empty() || metric != Metric::natural) {
            throw Error(ErrorKind::invalid_input,
                        "the lm-ma update needs distribution 'limited-memory', whose directions it moves, and metric "
                        "'natural'");
        }
    }

    bool adapts_scale() const override { return true; }

    void step(Moments& moments, double, Metric metric, Theta& theta) override {
        const auto moved = moments.direction(metric, theta);
        for (std::size_t i = 0; i < moved.size(); ++i) theta.mean[i] -= moved[i];
        const auto local = moments.first();
        const double c_sigma = std::min(1.0, 2.0 * ratio_);
        extend(path_.data(), c_sigma, local);
        move_directions(theta, local);
        const double squares = ZOOPT_PICK_TABLE(engine_kernels).dot(path_.data(), path_.data(), path_.size());
        const double change = 0.5 * c_sigma * (squares / static_cast<double>(path_.size()) - 1.0);
        theta.scale = std::min(theta.scale * portable::exp(change), largest_scale);
    }

    void visit(Archive& archive) override { archive.field("lm_ma.path", path_); }

   private:
    void move_directions(Theta& theta, std::span<const double> local) const {
        const std::size_t d = theta.dim(), count = theta.directions.size() / d;
        double power = 1.0;
        for (std::size_t j = 0; j < count; ++j, power *= 4.0) {
            extend(&theta.directions[j * d], std::min(1.0, ratio_ / power), local);
        }
        theta.directions_used = std::min(theta.directions_used + 1.0, static_cast<double>(count));
    }

    // path <- (1 - c) path + sqrt(mu_eff c (2 - c)) sum w z, the weights being negative costs.
    void extend(double* path, double c, std::span<const double> local) const {
        const double fresh = std::sqrt(mu_eff_ * c * (2.0 - c));
        for (std::size_t i = 0; i < local.size(); ++i) path[i] = (1.0 - c) * path[i] - fresh * local[i];
    }

    double mu_eff_, ratio_;
    std::vector<double> path_;
};

std::unique_ptr<Update> make(const Options& options, const Setup& setup) {
    if (setup.samples != setup.rows || setup.rows < 2) {
        throw Error(ErrorKind::invalid_option,
                    "the lm-ma update recombines independent candidates: compose it with antithetic=False, and with a "
                    "population of at least 2");
    }
    const auto found = options.find("rank_offset");
    return std::make_unique<LmMa>(
        setup, selection_mass(better_half(setup.rows, found == options.end() ? 0.5 : found->second)));
}

const Register<Update> entry{
    {"lm-ma",
     "LM-MA-ES: mean, scale and few directions from paths of different lengths (Loshchilov et al. 2017).",
     {},
     make}};

}  // namespace
}  // namespace zoopt
