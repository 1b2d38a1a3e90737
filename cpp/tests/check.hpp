#pragma once
#include <exception>
#include <functional>
#include <source_location>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

// The whole test harness. A test is
//
//     ZOOPT_TEST(what_it_shows) {
//         check::that(condition, "what is wrong");
//         check::equal(got, expected);
//         check::close(got, expected, tolerance);
//         check::throws<SomeError>([] { ... });
//     }
//
// in any cpp/tests/*.cpp; main.cpp runs them all, or those whose name contains its argument. A failed check ends its
// test and says where it stands.
namespace zoopt::check {

struct Failure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Test {
    std::string name;
    std::function<void()> body;
};

inline std::vector<Test>& tests() {
    static std::vector<Test> all;
    return all;
}

struct Registered {
    Registered(const char* name, std::function<void()> body) { tests().push_back({name, std::move(body)}); }
};

[[noreturn]] inline void fail(const std::string& message, const std::source_location& where) {
    std::ostringstream text;
    text << where.file_name() << ":" << where.line() << ": " << message;
    throw Failure(text.str());
}

inline void that(bool condition, const std::string& message = "condition does not hold",
                 const std::source_location& where = std::source_location::current()) {
    if (!condition) fail(message, where);
}

template <class Got, class Expected>
void equal(const Got& got, const Expected& expected,
           const std::source_location& where = std::source_location::current()) {
    if (got == expected) return;
    std::ostringstream text;
    text.precision(17);
    text << "got " << got << ", expected " << expected;
    fail(text.str(), where);
}

// |got - expected| <= tolerance; NaN fails.
inline void close(double got, double expected, double tolerance,
                  const std::source_location& where = std::source_location::current()) {
    const double distance = got < expected ? expected - got : got - expected;
    if (distance <= tolerance) return;
    std::ostringstream text;
    text.precision(17);
    text << "got " << got << ", expected " << expected << " within " << tolerance;
    fail(text.str(), where);
}

template <class Error, class Body>
void throws(Body&& body, const std::source_location& where = std::source_location::current()) {
    try {
        body();
    } catch (const Error&) {
        return;
    }
    fail("the expected exception was not thrown", where);
}

}  // namespace zoopt::check

#define ZOOPT_TEST(name)                                                              \
    static void test_##name();                                                        \
    static const zoopt::check::Registered registered_test_##name(#name, test_##name); \
    static void test_##name()
