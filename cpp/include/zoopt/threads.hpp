#pragma once
#include <cstddef>
#include <functional>

// A pool of threads, made when first needed and forgotten in a forked child, which makes its own.
namespace zoopt::threads {

// Work on items [first, last).
using Work = std::function<void(std::size_t first, std::size_t last)>;

// Splits [0, count) into at most `threads` contiguous parts and calls work(first, last) for each, the last part on the
// calling thread. Runs serially where threads <= 1, count <= 1, the pool is in use (calls may nest) or there are no
// more threads to be had. The first exception that any part throws is thrown again here, after all parts have ended.
void parallel(std::size_t count, unsigned threads, const Work& work);

// `threads`, or 1 where the whole work is too short (below about 20 microseconds) to be worth handing out.
unsigned worthwhile(double nanoseconds, unsigned threads);

}  // namespace zoopt::threads
