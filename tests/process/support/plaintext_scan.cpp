#include "tests/process/support/plaintext_scan.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <random>
#include <stdexcept>

#include "agent/replica/search.hpp"

namespace holdline::process {

namespace {

constexpr std::size_t piece_bytes = 1 << 20;
constexpr std::size_t word_bytes = 4, stride = 8;
static_assert(stride + word_bytes <= PlaintextScan::shortest_spelling);
constexpr int hash_bits = 18;

std::uint32_t hash_of(const char* bytes) {
  std::uint32_t four = 0;
  std::memcpy(&four, bytes, word_bytes);
  return four * 2'654'435'761u >> (32 - hash_bits);  // Knuth's multiplicative hash
}

std::string random_letters(std::size_t count, std::string_view letters) {
  std::random_device draw;
  std::string text;
  while (text.size() < count) text += letters[draw() % letters.size()];
  return text;
}

// Of text without characters beyond U+FFFF, which is all that is planted.
std::string utf16(std::string_view utf8, bool little) {
  std::string wide;
  for (std::size_t at = 0; at < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[at]);
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : 3;
    unsigned code = size == 1 ? lead : size == 2 ? lead & 0x1fu : lead & 0x0fu;
    for (std::size_t i = 1; i < size; ++i) code = code << 6 | (static_cast<unsigned char>(utf8[at + i]) & 0x3fu);
    const char high = static_cast<char>(code >> 8), low = static_cast<char>(code & 0xff);
    wide += little ? low : high;
    wide += little ? high : low;
    at += size;
  }
  return wide;
}

std::string in_case(std::string text, int (*change)(int)) {
  std::ranges::transform(text, text.begin(), [change](unsigned char c) {
    return c < 0x80 ? static_cast<char>(change(c)) : static_cast<char>(c);
  });
  return text;
}

void add_utf16(Marker& marker) {
  const std::vector<std::string> narrow = marker.spellings;
  for (const std::string& text : narrow)
    for (const bool little : {true, false}) marker.spellings.push_back(utf16(text, little));
}

dev_t file_system_of(const Path& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0 ? info.st_dev : 0;
}

bool is_recent(const std::filesystem::directory_entry& entry, std::filesystem::file_time_type since) {
  std::error_code gone;
  const auto written = entry.last_write_time(gone);
  return !gone && written >= since;
}

}  // namespace

Marker word_marker(const std::string& name) {
  const std::string plain = random_letters(14, "abcdefghijklmnopqrstuvwxyz");
  Marker marker{name, "Šæñdøß" + plain, {plain, in_case(plain, std::toupper)}};
  for (const std::string& text :
       {marker.typed, in_case(marker.typed, std::tolower), in_case(marker.typed, std::toupper)})
    marker.spellings.push_back(text);
  for (std::string& word : agent::NameNormalizer().name_words(marker.typed))
    marker.spellings.push_back(std::move(word));
  add_utf16(marker);
  return marker;
}

Marker phone_marker(const std::string& name) {
  const std::string digits = "44207" + random_letters(7, "123456789");
  Marker marker{name, "+" + digits, {digits, agent::reversed_digits(digits)}};
  add_utf16(marker);
  return marker;
}

// A spelling of 12 bytes or more covers a position divisible by 8 with four of its first 11 bytes, wherever it lies:
// only those positions are looked at.
PlaintextScan::PlaintextScan(std::vector<Marker> markers) : markers_(std::move(markers)), places_(1 << hash_bits) {
  for (std::size_t i = 0; i < markers_.size(); ++i) {
    for (const std::string& text : markers_[i].spellings) {
      if (text.size() < shortest_spelling) throw std::logic_error("too short to be looked for: " + markers_[i].name);
      longest_ = std::max(longest_, text.size());
      for (std::size_t offset = 0; offset < stride; ++offset)
        places_[hash_of(text.data() + offset)].push_back({i, text, offset});
    }
  }
}

void PlaintextScan::directory(const Path& root) { recent_files(root, std::filesystem::file_time_type::min()); }

void PlaintextScan::recent_files(const Path& root, std::filesystem::file_time_type since) {
  using Options = std::filesystem::directory_options;
  std::error_code gone;  // others work in these directories meanwhile
  std::filesystem::recursive_directory_iterator at(root, Options::skip_permission_denied, gone), end;
  while (!gone && at != end) {
    const auto entry = *at;
    std::error_code vanished;
    if (entry.is_directory(vanished) && file_system_of(entry.path()) != file_system_of(root))
      at.disable_recursion_pending();
    if (entry.is_regular_file(vanished) && !entry.is_symlink(vanished) && is_recent(entry, since))
      file(entry.path(), entry.path().string());
    at.increment(gone);
  }
}

void PlaintextScan::open_files(pid_t pid) {
  const Path table = "/proc/" + std::to_string(pid) + "/fd";
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(table)) {
    const Path target = std::filesystem::read_symlink(entry.path(), ignored);
    if (std::filesystem::is_regular_file(entry.path(), ignored)) file(entry.path(), target.string());
  }
}

void PlaintextScan::file(const Path& path, const std::string& called) {
  std::ifstream in(path, std::ios::binary);
  std::string bytes;
  while (in) {
    // The end of a piece is looked at again with the next: a text may lie across both.
    const std::size_t kept = std::min(bytes.size(), longest_);
    bytes.erase(0, bytes.size() - kept);
    bytes.resize(kept + piece_bytes);
    in.read(bytes.data() + kept, piece_bytes);
    bytes.resize(kept + static_cast<std::size_t>(in.gcount()));
    bytes_ += static_cast<std::size_t>(in.gcount());
    look_through(bytes, called);
  }
}

void PlaintextScan::look_through(std::string_view bytes, const std::string& called) {
  for (std::size_t at = 0; at + word_bytes <= bytes.size(); at += stride)
    for (const Place& place : places_[hash_of(bytes.data() + at)])
      if (at >= place.offset && bytes.substr(at - place.offset).starts_with(place.spelling))
        seen_.insert(markers_[place.marker].name + ": " + called);
}

}  // namespace holdline::process
