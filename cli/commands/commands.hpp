// The program `holdline` without its main: picks the command, runs it, and turns every error into text and exit code.
#pragma once

#include <string>
#include <vector>

#include "cli/commands/command.hpp"

namespace holdline::cli {

// In the order of help.
std::vector<Command> all_commands();

// `arguments` without the program's name. Never throws; the agent is asked only when the command line is right.
ExitCode run(const std::vector<std::string>& arguments, Environment& environment);

}  // namespace holdline::cli
