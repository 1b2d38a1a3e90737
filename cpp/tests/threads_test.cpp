#include "zoopt/threads.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

#include "check.hpp"

namespace zoopt {
namespace {

constexpr unsigned thread_counts[] = {1, 2, 8};

bool covers_every_item_once(std::size_t count, unsigned threads) {
    std::vector<std::atomic<int>> visits(count);
    threads::parallel(count, threads, [&](std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i) visits[i].fetch_add(1);
    });
    for (const std::atomic<int>& visit : visits) {
        if (visit.load() != 1) return false;
    }
    return true;
}

// Runs body in a forked child, which must return true within 20 seconds.
template <class Body>
void in_a_forked_child(Body&& body) {
    const pid_t child = fork();
    if (child == 0) {
        alarm(20);
        _exit(body() ? 0 : 1);
    }
    check::that(child > 0, "fork failed");
    int status = 0;
    check::equal(waitpid(child, &status, 0), child);
    check::that(!WIFSIGNALED(status), "the child was killed by a signal (the alarm says that it hung)");
    check::equal(WEXITSTATUS(status), 0);
}

}  // namespace

ZOOPT_TEST(every_item_is_visited_once) {
    for (const unsigned threads : thread_counts) {
        for (const std::size_t count : {0u, 1u, 2u, 3u, 7u, 8u, 9u, 1000u}) {
            check::that(covers_every_item_once(count, threads), "an item was left out or visited twice");
        }
    }
}

ZOOPT_TEST(no_threads_means_one) {
    check::that(covers_every_item_once(5, 0));
}

ZOOPT_TEST(parts_are_as_many_as_asked) {
    for (const unsigned threads : thread_counts) {
        std::atomic<unsigned> parts = 0;
        threads::parallel(100, threads, [&](std::size_t, std::size_t) { ++parts; });
        check::equal(parts.load(), threads);
    }
}

ZOOPT_TEST(an_exception_is_thrown_again_after_all_parts_have_ended) {
    for (const unsigned threads : thread_counts) {
        std::atomic<int> ended = 0;
        const auto work = [&](std::size_t first, std::size_t) {
            ++ended;
            if (first == 0) throw std::domain_error("first part");
        };
        check::throws<std::domain_error>([&] { threads::parallel(8, threads, work); });
        check::equal(ended.load(), static_cast<int>(threads));
        check::that(covers_every_item_once(100, threads), "the pool does not work after an exception");
    }
}

ZOOPT_TEST(the_calling_threads_exception_comes_through) {
    check::throws<std::domain_error>([] {
        threads::parallel(8, 2, [](std::size_t, std::size_t last) {
            if (last == 8) throw std::domain_error("last part");
        });
    });
    check::that(covers_every_item_once(100, 2));
}

ZOOPT_TEST(nested_use_is_serial) {
    std::atomic<int> inner_parts = 0;
    std::atomic<int> inner_items = 0;
    threads::parallel(4, 4, [&](std::size_t, std::size_t) {
        threads::parallel(10, 4, [&](std::size_t first, std::size_t last) {
            ++inner_parts;
            inner_items += static_cast<int>(last - first);
        });
    });
    check::equal(inner_parts.load(), 4);
    check::equal(inner_items.load(), 40);
}

ZOOPT_TEST(concurrent_callers_all_get_their_work_done) {
    std::atomic<int> complete = 0;
    std::vector<std::thread> callers;
    for (int caller = 0; caller < 4; ++caller) {
        callers.emplace_back([&] {
            for (int round = 0; round < 50; ++round) complete += covers_every_item_once(64, 4) ? 1 : 0;
        });
    }
    for (std::thread& caller : callers) caller.join();
    check::equal(complete.load(), 200);
}

ZOOPT_TEST(a_forked_child_has_a_pool_of_its_own) {
    for (const unsigned threads : thread_counts) {
        check::that(covers_every_item_once(64, threads));
        in_a_forked_child([&] { return covers_every_item_once(64, threads) && covers_every_item_once(64, threads); });
        check::that(covers_every_item_once(64, threads), "the parent's pool does not work after a fork");
    }
}

ZOOPT_TEST(a_child_forked_while_the_pool_is_busy_does_not_hang) {
    std::atomic<bool> busy = false;
    std::atomic<bool> enough = false;
    std::thread other([&] {
        threads::parallel(2, 2, [&](std::size_t, std::size_t) {
            busy = true;
            while (!enough) std::this_thread::yield();
        });
    });
    while (!busy) std::this_thread::yield();
    try {
        in_a_forked_child([] { return covers_every_item_once(64, 4); });
    } catch (...) {
        enough = true;
        other.join();
        throw;
    }
    enough = true;
    other.join();
}

ZOOPT_TEST(threads_that_fell_asleep_wake_again) {
    for (const int microseconds : {0, 5, 50, 200, 2000, 20000}) {
        for (int round = 0; round < 10; ++round) {
            std::this_thread::sleep_for(std::chrono::microseconds(microseconds));
            check::that(covers_every_item_once(16, 2));
        }
    }
}

ZOOPT_TEST(a_caller_that_fell_asleep_wakes_again) {
    for (const int milliseconds : {0, 1, 20}) {
        threads::parallel(2, 2, [&](std::size_t first, std::size_t) {
            if (first == 0) std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
        });
        check::that(covers_every_item_once(16, 2));
    }
}

ZOOPT_TEST(fewer_parts_than_threads_leave_the_others_alone) {
    for (int round = 0; round < 200; ++round) {
        for (const unsigned threads : {8u, 2u, 3u}) check::that(covers_every_item_once(9, threads));
    }
}

// Parts that no thread has begun are taken back in ascending order, so a part may wait for an earlier one.
ZOOPT_TEST(a_part_may_wait_for_the_part_before_it) {
    for (const unsigned threads : thread_counts) {
        for (int round = 0; round < 50; ++round) {
            std::vector<std::atomic<bool>> done(threads);
            std::atomic<unsigned> late = 0;
            threads::parallel(threads, threads, [&](std::size_t first, std::size_t last) {
                if (first > 0) threads::await([&] { return done[first - 1].load(); });
                for (std::size_t i = first; i < last; ++i) {
                    if (i > 0 && !done[i - 1].load()) ++late;
                    done[i] = true;
                }
            });
            check::equal(late.load(), 0u);
        }
    }
}

ZOOPT_TEST(the_first_part_is_the_callers) {
    for (const unsigned threads : thread_counts) {
        std::thread::id first_part;
        threads::parallel(threads, threads, [&](std::size_t first, std::size_t) {
            if (first == 0) first_part = std::this_thread::get_id();
        });
        check::that(first_part == std::this_thread::get_id());
    }
}

ZOOPT_TEST(short_work_is_not_handed_out) {
    check::equal(threads::worthwhile(1e3, 8), 1u);
    check::equal(threads::worthwhile(1e9, 8), 8u);
}

}  // namespace zoopt
