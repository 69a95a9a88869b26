#include "cli/token_file.hpp"

#include "platform/os/files.hpp"
#include "sync/base/hash.hpp"

namespace holdline::cli {

namespace {

constexpr std::uint64_t max_token_bytes = 256;

}  // namespace

TokenFile::TokenFile(const TokenPlaces& places, std::string_view socket) {
  if (!places.file.empty()) {
    files_.push_back(std::filesystem::absolute(places.file));
    named_ = true;
    return;
  }
  const std::string name =
      "session-" + std::to_string(places.terminal) + "-" + sync::to_hex(sync::sha256(socket).view()).substr(0, 16);
  for (const auto& folder : places.folders) files_.push_back(folder / name);
}

std::string TokenFile::read() const {
  for (const auto& file : files_) {
    if (!platform::check_private_file(file)) continue;
    auto text = platform::read_file(file, max_token_bytes);
    if (!text) continue;
    while (!text->empty() && text->back() == '\n') text->pop_back();
    return *std::move(text);
  }
  return {};
}

Result<void> TokenFile::keep(const std::string& token) const {
  Result<void> kept;
  for (const auto& file : files_) {
    kept = named_ ? Result<void>() : platform::make_private_directory(file.parent_path());
    if (kept) kept = platform::replace_file(file, token + "\n");
    if (kept) return {};
  }
  return kept;
}

void TokenFile::drop() const {
  for (const auto& file : files_) static_cast<void>(platform::remove_file(file));
}

}  // namespace holdline::cli
