# Find a C++20 compiler, and say what to install where there is none.
include(CheckLanguage)

set(zoopt_compiler_advice
  "zoopt compiles its core and needs a C++20 compiler: gcc 11 or newer, or clang 14 or newer.\n"
  "  Debian, Ubuntu:  sudo apt install g++\n"
  "  Fedora:          sudo dnf install gcc-c++\n"
  "  macOS:           xcode-select --install\n"
  "Then run pip again. To choose another compiler, set the environment variable CXX.")
string(CONCAT zoopt_compiler_advice ${zoopt_compiler_advice})

check_language(CXX)
if(NOT CMAKE_CXX_COMPILER)
  message(FATAL_ERROR "No C++ compiler was found.\n${zoopt_compiler_advice}")
endif()
enable_language(CXX)

if((CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 11)
   OR (CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
   OR MSVC)
  message(FATAL_ERROR
    "${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION} (${CMAKE_CXX_COMPILER}) is too old or not supported.\n"
    "${zoopt_compiler_advice}")
endif()
