// holdline: the command line of the workstation. Builds the real world and hands it down.
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "cli/commands/commands.hpp"
#include "platform/os/account.hpp"
#include "platform/os/terminal.hpp"

namespace {

std::string variable(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? otherwise : value;
}

holdline::cli::TokenPlaces token_places() {
  holdline::cli::TokenPlaces places;
  places.file = variable("HOLDLINE_SESSION", "");
  if (const std::string runtime = variable("XDG_RUNTIME_DIR", ""); !runtime.empty())
    places.folders.push_back(std::filesystem::path(runtime) / "holdline");
  std::error_code none;
  const auto temporary = std::filesystem::temp_directory_path(none);
  if (!none) places.folders.push_back(temporary / ("holdline-" + std::to_string(holdline::platform::own_uid())));
  places.terminal = holdline::platform::own_terminal();
  return places;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace holdline;
  const platform::SystemClock clock;
  platform::SystemEntropy entropy;
  cli::Environment environment{
      .in = std::cin,
      .out = std::cout,
      .err = std::cerr,
      .out_is_terminal = platform::is_terminal(platform::StandardStream::output),
      .err_is_terminal = platform::is_terminal(platform::StandardStream::error),
      .colour = variable("NO_COLOR", "").empty() && variable("TERM", "dumb") != "dumb",
      .default_socket = variable("HOLDLINE_SOCKET", "/run/holdline/agent.sock"),
      .tokens = token_places(),
      .clock = clock,
      .entropy = entropy,
      .connect = [](const std::string& socket) { return std::make_unique<cli::UnixApi>(socket); },
      .ask_secret = platform::ask_secret,
      .pause =
          [](std::chrono::milliseconds time) {
            std::this_thread::sleep_for(time);
            return true;
          },
      .begin_sole_work = platform::SoleWork::begin,
  };
  return static_cast<int>(cli::run(std::vector<std::string>(argv + 1, argv + argc), environment));
}
