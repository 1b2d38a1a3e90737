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

// The (mu/mu_w, lambda) step of CMA-ES (Hansen 2016, equations 40 to 47), with cumulative step-size adaptation.
class Cma final : public Update {
   public:
    Cma(const Setup& setup, double gap)
        : constants_(setup.dim, setup.rows),
          path_sigma_(setup.dim, 0.0),
          path_c_(setup.dim, 0.0),
          gap_(static_cast<std::uint64_t>(gap)) {}

    void check(const Distribution& distribution, Metric metric) const override {
        if (!distribution.adapts() || metric != Metric::natural) {
            throw Error(ErrorKind::invalid_input,
                        "the cma update needs distribution 'full', whose covariance it adapts, and metric 'natural'");
        }
    }

    void step(Moments& moments, Metric, Theta& theta) override {
        const std::vector<double> local = recombine(moments);
        std::vector<double> moved(local), whitened(local);
        moments.distribution().natural(theta, moved);
        moments.distribution().align(theta, whitened);
        ++generation_;
        const double length = extend_sigma_path(whitened);
        const bool stalled = !moves_freely(length);
        extend_c_path(moved, theta.scale, stalled);
        for (std::size_t i = 0; i < moved.size(); ++i) theta.mean[i] += moved[i];
        adapt_covariance(moments, stalled, theta);
        const double change = constants_.c_sigma / constants_.d_sigma * (length / constants_.chi - 1.0);
        theta.scale = std::min(theta.scale * portable::exp(change), largest_scale);
    }

    void visit(Archive& archive) override {
        archive.field("cma.path_sigma", path_sigma_);
        archive.field("cma.path_c", path_c_);
        archive.field("cma.generation", generation_);
    }

   private:
    // Sum of z over the better half: the negative weights act on the covariance alone.
    static std::vector<double> recombine(const Moments& moments) {
        std::vector<double> positive(moments.even_weights().begin(), moments.even_weights().end());
        for (double& w : positive) w = std::max(0.0, -w);
        std::vector<double> local(moments.batch().dim());
        moments.batch().first_moment(positive, 1, local);
        return local;
    }

    // Returns the new length of the path. `whitened` is C^-1/2 times the recombined step.
    double extend_sigma_path(const std::vector<double>& whitened) {
        const double c = constants_.c_sigma;
        const double fresh = std::sqrt(c * (2.0 - c) * constants_.mu_eff);
        for (std::size_t i = 0; i < whitened.size(); ++i) {
            path_sigma_[i] = (1.0 - c) * path_sigma_[i] + fresh * whitened[i];
        }
        return std::sqrt(
            ZOOPT_PICK_TABLE(engine_kernels).dot(path_sigma_.data(), path_sigma_.data(), path_sigma_.size()));
    }

    // h_sigma: false while the step-size path is so long that the rank-one term would blow the covariance up.
    bool moves_freely(double length) const {
        const double n = static_cast<double>(path_sigma_.size());
        const double filled = 1.0 - portable::power(1.0 - constants_.c_sigma, 2 * (generation_ + 1));
        return length / std::sqrt(filled) < (1.4 + 2.0 / (n + 1.0)) * constants_.chi;
    }

    void extend_c_path(const std::vector<double>& moved, double scale, bool stalled) {
        const double c = constants_.c_c;
        const double fresh = stalled ? 0.0 : std::sqrt(c * (2.0 - c) * constants_.mu_eff);
        for (std::size_t i = 0; i < moved.size(); ++i) {
            path_c_[i] = (1.0 - c) * path_c_[i] + fresh * (moved[i] / scale);
        }
    }

    void adapt_covariance(const Moments& moments, bool stalled, Theta& theta) const {
        std::vector<double> weights(moments.even_weights().begin(), moments.even_weights().end());
        double sum = 0.0;
        for (double& w : weights) {
            w = -w;
            sum += w;
        }
        for (double& w : weights) w *= constants_.c_mu;
        const double c = constants_.c_c;
        const double missing = stalled ? constants_.c_1 * c * (2.0 - c) : 0.0;
        const double decay = 1.0 + missing - constants_.c_1 - constants_.c_mu * sum;
        const bool refresh = generation_ % gap_ == 0;
        moments.distribution().adapt(theta, moments.batch(), {decay, constants_.c_1, path_c_, weights, refresh});
    }

    CmaConstants constants_;
    std::vector<double> path_sigma_, path_c_;
    std::uint64_t generation_ = 0;
    std::uint64_t gap_;
};

// Ten times as long as Hansen (2016, section B.2) proposes: the longest that cost no evaluations on ellipsoid and
// Rosenbrock functions in 10, 20 and 40 dimensions (benchmarks/decomposition_gap.py).
double default_gap(const Setup& setup) {
    const CmaConstants constants(setup.dim, setup.rows);
    const double gap = 1.0 / (static_cast<double>(setup.dim) * (constants.c_1 + constants.c_mu));
    return std::max(1.0, std::floor(gap));
}

std::unique_ptr<Update> make(const Options& options, const Setup& setup) {
    if (setup.samples != setup.rows) {
        throw Error(ErrorKind::invalid_input,
                    "the cma update recombines independent candidates; compose it with antithetic=False");
    }
    if (setup.rows < 2) {
        throw Error(ErrorKind::invalid_option,
                    "the cma update selects among candidates: population must be at least 2");
    }
    return std::make_unique<Cma>(setup, option(options, "decomposition_gap", default_gap(setup)));
}

const Register<Update> entry{
    {"cma",
     "CMA-ES: mean, evolution paths, rank-one and rank-mu covariance, cumulative step size (Hansen 2016).",
     {{"decomposition_gap", automatic, 1.0, 1e9,
       "generations between eigendecompositions, a whole number; automatic: 1 / (d (c_1 + c_mu))"}},
     make}};

}  // namespace
}  // namespace zoopt
