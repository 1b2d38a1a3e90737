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
constexpr double least_square = 1e-8;  // added to |z|^2 where nothing is added to |z|

// What is not the same for full and for diagonal covariances.
struct Manner {
    double gap;
    bool separable;
    double length_floor;  // NaN: none
};

// The (mu/mu_w, lambda) step of CMA-ES (Hansen 2016, equations 40 to 47), with cumulative step-size adaptation.
class Cma final : public Update {
   public:
    Cma(CmaConstants constants, std::size_t dim, const Manner& manner)
        : constants_(std::move(constants)),
          path_sigma_(dim, 0.0),
          path_c_(dim, 0.0),
          length_floor_(std::isnan(manner.length_floor) ? 0.0 : manner.length_floor),
          square_floor_(std::isnan(manner.length_floor) ? least_square : 0.0),
          gap_(static_cast<std::uint64_t>(manner.gap)),
          separable_(manner.separable) {}

    void check(const Distribution& distribution, Metric metric) const override {
        if (!distribution.adapts() || metric != Metric::natural) {
            throw Error(ErrorKind::invalid_input,
                        "the cma updates need distribution 'full' or 'diagonal', whose covariance they adapt, and "
                        "metric 'natural'");
        }
    }

    bool adapts_scale() const override { return true; }

    void step(Moments& moments, double, Metric, Theta& theta) override {
        recombine(moments);
        moved_.assign(whitened_.begin(), whitened_.end());
        moments.distribution().natural(theta, moved_);
        moments.distribution().align(theta, whitened_);
        ++generation_;
        const double length = extend_sigma_path();
        const bool stalled = !moves_freely(length);
        extend_c_path(theta.scale, stalled);
        for (std::size_t i = 0; i < moved_.size(); ++i) theta.mean[i] += moved_[i];
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
    // whitened_ becomes the sum of z over the better half: the negative weights act on the covariance alone.
    void recombine(Moments& moments) {
        const auto weights = moments.even_weights();
        whitened_.resize(moments.dim());
        second_.clear();
        const bool nothing_negative = std::all_of(weights.begin(), weights.end(), [](double w) { return w <= 0.0; });
        if (separable_ && nothing_negative) return recombine_once(moments);
        weights_.assign(weights.begin(), weights.end());
        for (double& w : weights_) w = std::max(0.0, -w);
        moments.distribution().first_moment(weights_, moments.threads(), whitened_);
    }

    // Where mean and covariance have the same weights, one pass over the noise gives what both need.
    void recombine_once(Moments& moments) {
        moments.prepare_both();
        const auto first = moments.first(), second = moments.second();
        second_.resize(second.size());
        for (std::size_t i = 0; i < first.size(); ++i) {
            whitened_[i] = -first[i];
            second_[i] = -constants_.c_mu * second[i];
        }
    }

    // Returns the new length of the path. whitened_ is C^-1/2 times the recombined step.
    double extend_sigma_path() {
        const double c = constants_.c_sigma;
        const double fresh = std::sqrt(c * (2.0 - c) * constants_.mu_eff);
        for (std::size_t i = 0; i < whitened_.size(); ++i) {
            path_sigma_[i] = (1.0 - c) * path_sigma_[i] + fresh * whitened_[i];
        }
        return std::sqrt(
            ZOOPT_PICK_TABLE(engine_kernels).dot(path_sigma_.data(), path_sigma_.data(), path_sigma_.size()));
    }

    // h_sigma: false while the step-size path is so long that the rank-one term would blow the covariance up.
    bool moves_freely(double length) const {
        const double filled =
            1.0 - portable::power(1.0 - constants_.c_sigma, 2 * (generation_ + constants_.path_offset));
        return length / std::sqrt(filled) < constants_.stall * constants_.chi;
    }

    void extend_c_path(double scale, bool stalled) {
        const double c = constants_.c_c;
        const double fresh = stalled ? 0.0 : std::sqrt(c * (2.0 - c) * constants_.mu_eff);
        for (std::size_t i = 0; i < moved_.size(); ++i) {
            path_c_[i] = (1.0 - c) * path_c_[i] + fresh * (moved_[i] / scale);
        }
    }

    void adapt_covariance(const Moments& moments, bool stalled, Theta& theta) {
        weights_.assign(moments.even_weights().begin(), moments.even_weights().end());
        double sum = 0.0;
        for (double& w : weights_) {
            w = -w;
            sum += w;
        }
        for (double& w : weights_) w *= constants_.c_mu;
        const double c = constants_.c_c;
        const double missing = stalled ? constants_.c_1 * c * (2.0 - c) : 0.0;
        const double decay = 1.0 + missing - constants_.c_1 - constants_.c_mu * sum;
        const bool refresh = generation_ % gap_ == 0;
        moments.distribution().adapt(theta, {decay, constants_.c_1, path_c_, weights_, length_floor_, square_floor_,
                                             refresh, moments.threads(), second_});
    }

    CmaConstants constants_;
    std::vector<double> path_sigma_, path_c_;
    std::vector<double> weights_, whitened_, second_, moved_;
    std::uint64_t generation_ = 0;
    double length_floor_, square_floor_;
    std::uint64_t gap_;
    bool separable_;
};

// Ten times as long as Hansen (2016, section B.2) proposes: the longest that cost no evaluations on ellipsoid and
// Rosenbrock functions in 10, 20 and 40 dimensions (benchmarks/decomposition_gap.py).
double default_gap(const CmaConstants& constants, std::size_t dim) {
    const double gap = 1.0 / (static_cast<double>(dim) * (constants.c_1 + constants.c_mu));
    return std::clamp(std::floor(gap), 1.0, 1e9);
}

void check_population(const Setup& setup) {
    if (setup.samples != setup.rows) {
        throw Error(ErrorKind::invalid_input,
                    "the cma updates recombine independent candidates; compose them with antithetic=False");
    }
    if (setup.rows < 2) {
        throw Error(ErrorKind::invalid_option,
                    "the cma updates select among candidates: population must be at least 2");
    }
}

std::vector<Option> full_options() {
    std::vector<Option> all{
        {"decomposition_gap", automatic, 1.0, 1e9,
         "generations between eigendecompositions, a whole number; automatic: 1 / (d (c_1 + c_mu))"},
        {"length_floor", automatic, 0.0, 1.0,
         "added to the length |z| of a step with a negative weight, which is divided by its square; automatic: 1e-8 is "
         "added to the square instead"}};
    for (Option& shared : CmaConstants::options()) all.push_back(std::move(shared));
    return all;
}

const Register<Update> full{
    {"cma", "CMA-ES: mean, evolution paths, rank-one and rank-mu covariance, cumulative step size (Hansen 2016).",
     full_options(), [](const Options& options, const Setup& setup) {
         check_population(setup);
         CmaConstants constants = CmaConstants::full(setup.dim, setup.rows, options);
         const double gap = option(options, "decomposition_gap", default_gap(constants, setup.dim));
         const double floor = option(options, "length_floor", automatic);
         return std::make_unique<Cma>(std::move(constants), setup.dim, Manner{gap, false, floor});
     }}};

const Register<Update> separable{
    {"sep-cma",
     "The same on the diagonal of the covariance, with the faster rates that so few parameters allow (Ros and Hansen "
     "2008).",
     CmaConstants::options(), [](const Options& options, const Setup& setup) {
         check_population(setup);
         return std::make_unique<Cma>(CmaConstants::separable(setup.dim, setup.rows, options), setup.dim,
                                      Manner{1.0, true, automatic});
     }}};

}  // namespace
}  // namespace zoopt
