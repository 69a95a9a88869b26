// JSON that another machine sent, read strictly: hashes and bytes are lower-case hex, ids UUIDs, 64-bit counters
// strings.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "sync/base/hash.hpp"
#include "sync/base/id.hpp"
#include "sync/base/limits.hpp"

namespace holdline::sync {

// Reads fields of one JSON object; the first that is missing or of another form makes the whole reading fail.
class JsonReader {
 public:
  explicit JsonReader(const nlohmann::json& json) : json_(json), ok_(json.is_object()) {}

  template <class T>
  T integer(const char* name) {
    const nlohmann::json* field = find(name);
    if (!field || !field->is_number_integer()) return bad<T>();
    const auto value = field->get<std::int64_t>();
    if (!std::in_range<T>(value)) return bad<T>();
    return static_cast<T>(value);
  }
  std::uint64_t counter(const char* name) {
    const nlohmann::json* field = find(name);
    if (!field || !field->is_string()) return bad<std::uint64_t>();
    const auto& text = field->get_ref<const std::string&>();
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return bad<std::uint64_t>();
    return value;
  }
  std::string text(const char* name, std::size_t most = 1'000) {
    const nlohmann::json* field = find(name);
    if (!field || !field->is_string() || field->get_ref<const std::string&>().size() > most) return bad<std::string>();
    return field->get<std::string>();
  }
  Id id(const char* name) {
    const auto id = Id::parse(text(name));
    return id ? *id : bad<Id>();
  }
  Hash hash(const char* name) { return hash_of(text(name)); }
  Hash hash_of(const std::string& hex_text) {
    std::string raw;
    if (!from_hex(hex_text, raw) || raw.size() != sizeof(Hash)) return bad<Hash>();
    return Hash::from(raw);
  }
  // Calls `each` with the elements of an array of at most `most`.
  template <class F>
  void array(const char* name, std::size_t most, F&& each) {
    const nlohmann::json* field = find(name);
    if (!field || !field->is_array() || field->size() > most) {
      ok_ = false;
      return;
    }
    for (const nlohmann::json& element : *field)
      if (ok_) each(element);
  }
  JsonReader object(const char* name) {
    static const nlohmann::json nothing;
    const nlohmann::json* field = find(name);
    if (!field) ok_ = false;
    return JsonReader(field ? *field : nothing);
  }
  bool has(const char* name) { return find(name) != nullptr; }
  // False when it is missing.
  bool flag(const char* name) {
    const nlohmann::json* field = find(name);
    if (field != nullptr && !field->is_boolean()) return bad<bool>();
    return field != nullptr && field->get<bool>();
  }
  void require(bool condition) { ok_ = ok_ && condition; }
  bool ok() const { return ok_; }

 private:
  const nlohmann::json* find(const char* name) {
    if (!ok_) return nullptr;
    const auto found = json_.find(name);
    return found == json_.end() ? nullptr : &*found;
  }
  template <class T>
  T bad() {
    ok_ = false;
    return T{};
  }
  const nlohmann::json& json_;
  bool ok_;
};

// Depth and size (`most` bytes) are bounded before anything is built; what is refused, or no JSON, reads as no object.
inline nlohmann::json parse_json(std::string_view text, std::size_t most) {
  if (text.size() > most) return {};
  const auto bounded = [](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    return depth <= static_cast<int>(limits::json_depth);
  };
  return nlohmann::json::parse(text, bounded, false);
}

}  // namespace holdline::sync
