#include <cstdio>
#include <exception>

#include "check.hpp"

namespace {

bool passes(const zoopt::check::Test& test) {
    try {
        test.body();
        return true;
    } catch (const std::exception& error) {
        std::printf("FAILED %s\n       %s\n", test.name.c_str(), error.what());
    } catch (...) {
        std::printf("FAILED %s\n       threw what is no std::exception\n", test.name.c_str());
    }
    return false;
}

}  // namespace

int main(int count, char** arguments) {
    const std::string wanted = count > 1 ? arguments[1] : "";
    int passed = 0;
    int failed = 0;
    for (const zoopt::check::Test& test : zoopt::check::tests()) {
        if (test.name.find(wanted) == std::string::npos) continue;
        ++(passes(test) ? passed : failed);
    }
    std::printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 && passed > 0 ? 0 : 1;
}
