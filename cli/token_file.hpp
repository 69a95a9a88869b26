// Where a terminal keeps the token of its sign-in between commands: a file of mode 0600 for each terminal (session of
// processes) and each agent's socket, in a directory closed to others. Gone with the login's runtime directory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "sync/base/result.hpp"

namespace holdline::cli {

// $XDG_RUNTIME_DIR/holdline when there is one, else holdline-UID in the folder for temporary files. Whatever was named
// by $HOLDLINE_SESSION is the file itself.
struct TokenPlaces {
  std::string file;                            // named by the person; empty: derived
  std::vector<std::filesystem::path> folders;  // in the order of preference; empty, and no file: nothing is kept
  std::int64_t terminal = 0;
};

class TokenFile {
 public:
  TokenFile(const TokenPlaces& places, std::string_view socket);

  // Empty when there is none, or when it is not this account's own.
  std::string read() const;
  Result<void> keep(const std::string& token) const;
  void drop() const;

 private:
  std::vector<std::filesystem::path> files_;
  bool named_ = false;  // by the person, who answers for its folder
};

}  // namespace holdline::cli
