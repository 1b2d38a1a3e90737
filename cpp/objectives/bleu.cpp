#include "bleu.hpp"

#include "zoopt/math.hpp"

namespace zoopt::objectives {
namespace {

constexpr double least = 1e-290;  // below that logarithms are of no use, and BLEU is 0 to 70 digits

double brevity_penalty(double hypothesis, double reference) {
    if (hypothesis >= reference) return 1.0;
    return hypothesis > 0 ? portable::exp(1.0 - reference / hypothesis) : 0.0;
}

}  // namespace

double bleu(std::span<const double, bleu_width> statistics, const BleuSettings& settings) {
    const double* matches = statistics.data() + 2;
    const double* totals = matches + bleu_order;
    bool any = false;
    for (std::size_t n = 0; n < bleu_order; ++n) any = any || matches[n] > 0;
    if (!any) return 0.0;

    double logs = 0.0;
    double halving = 1.0;  // of exp: the k-th order without a match counts 2^-k
    std::size_t order = bleu_order;
    for (std::size_t n = 0; n < bleu_order; ++n) {
        const double added = settings.smoothing == BleuSmoothing::add_k && n > 0 ? settings.smoothing_value : 0.0;
        const double total = totals[n] + added;
        if (total == 0.0) {
            if (!settings.effective_order) return 0.0;
            break;
        }
        order = settings.effective_order ? n + 1 : bleu_order;
        double matched = matches[n] + added;
        if (matched == 0.0) {
            if (settings.smoothing == BleuSmoothing::exp) matched = halving /= 2.0;
            if (settings.smoothing == BleuSmoothing::floor) matched = settings.smoothing_value;
            if (matched < least) return 0.0;
        }
        logs += portable::log(100.0 * matched / total);
    }
    return brevity_penalty(statistics[0], statistics[1]) * portable::exp(logs / static_cast<double>(order));
}

}  // namespace zoopt::objectives
