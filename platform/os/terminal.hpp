// What a command-line program asks of its terminal.
#pragma once

#include <string>

#include "platform/os/secret.hpp"
#include "sync/base/result.hpp"

namespace holdline::platform {

enum class StandardStream { input, output, error };

bool is_terminal(StandardStream stream);

// Shows the prompt on the controlling terminal (wherever standard input comes from) and reads a line of at most 1024
// bytes without showing it. Blocks the calling thread. Errors: "no-terminal", "cancelled" (Ctrl-C or Ctrl-D),
// "too-large".
Result<SecretBytes> ask_secret(const std::string& prompt);

}  // namespace holdline::platform
