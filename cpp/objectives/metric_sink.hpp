#pragma once
#include <memory>
#include <span>

#include "metric.hpp"
#include "model.hpp"

namespace zoopt::objectives {

// Gathers what a rule needs of the scores of candidates, and makes their values of it. Sums over samples are kept by
// block and added in ascending order of blocks, weighted counts are made in the order of the samples: no value depends
// on threads or on other candidates.
template <class T>
class MetricSink : public ScoreSink<T> {
   public:
    // One value a candidate, once every block of every candidate has been taken.
    virtual void values(unsigned threads, std::span<double> out) = 0;
};

// The targets and blocks must outlive the sink.
template <class T>
std::unique_ptr<MetricSink<T>> metric_sink(const Rule& rule, const Targets& targets, std::size_t candidates,
                                           const Blocks& blocks);

// How many candidates a sink should have at once: so many that it keeps about 32 MiB, but one a thread at least.
template <class T>
std::size_t candidates_at_once(const Rule& rule, const Targets& targets, const Blocks& blocks, unsigned threads);

}  // namespace zoopt::objectives
