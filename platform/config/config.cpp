#include "platform/config/config.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <tuple>

#include "platform/config/units.hpp"
#include "platform/os/files.hpp"
#include "sync/base/toml.hpp"

namespace holdline::platform {
namespace {

constexpr std::uint64_t file_bytes_max = 1 << 20;
// Keys cannot be split over lines, and with their depth grows what the parser takes of the stack.
constexpr std::size_t line_bytes_max = 4096;

// The first line that is too long, counted from 1; 0: there is none.
std::uint32_t overlong_line(std::string_view text) {
  std::uint32_t number = 1;
  for (std::size_t begin = 0, end = 0; end != text.size(); begin = end + 1, ++number) {
    end = std::min(text.find('\n', begin), text.size());
    if (end - begin > line_bytes_max) return number;
  }
  return 0;
}

std::vector<std::string_view> parts_of(std::string_view key) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto dot = key.find('.');
    parts.push_back(key.substr(0, dot));
    if (dot == std::string_view::npos) return parts;
    key.remove_prefix(dot + 1);
  }
}

const toml::array* tables_of(const toml::node* node) {
  const toml::array* array = node != nullptr ? node->as_array() : nullptr;
  return array != nullptr && array->is_array_of_tables() ? array : nullptr;
}

// In tables of one name a part is the place of one.
const toml::node* child_of(const toml::node& node, std::string_view part) {
  if (const toml::table* table = node.as_table()) return table->get(part);
  const toml::array* array = tables_of(&node);
  std::size_t place = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), place);
  const bool is_place = error == std::errc{} && end == part.data() + part.size();
  return array != nullptr && is_place ? array->get(place) : nullptr;
}

const toml::node* node_at(const toml::table& root, std::string_view key) {
  const toml::node* node = &root;
  for (const auto part : parts_of(key)) {
    node = child_of(*node, part);
    if (node == nullptr) return nullptr;
  }
  return node;
}

bool begins_with_tables(const toml::table& root, std::string_view key) {
  return tables_of(root.get(key.substr(0, key.find('.')))) != nullptr;
}

// Every key that holds a value, and every empty table, with its dotted name.
using Leaves = std::map<std::string, const toml::node*>;
void collect(const toml::table& table, const std::string& prefix, Leaves& leaves) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    const toml::table* inner = node.as_table();
    const toml::array* array = tables_of(&node);
    if (inner != nullptr && !inner->empty()) {
      collect(*inner, name + ".", leaves);
    } else if (array != nullptr) {
      for (std::size_t place = 0; place < array->size(); ++place)
        collect(*array->get(place)->as_table(), name + "." + std::to_string(place) + ".", leaves);
    } else {
      leaves.emplace(name, &node);
    }
  }
}

std::string list_of(std::span<const std::string_view> words) {
  std::string text;
  for (const auto word : words) text.append(text.empty() ? "" : ", ").append("\"").append(word).append("\"");
  return text;
}

}  // namespace

struct ConfigReader::Documents {
  struct Document {
    std::string name;
    toml::table table;
  };
  std::vector<Document> all;
};

struct ConfigReader::Found {
  const std::string* file = nullptr;
  const toml::node* node = nullptr;
  explicit operator bool() const { return node != nullptr; }
};

Result<std::vector<ConfigSource>> read_config_files(const std::filesystem::path& file) {
  std::vector<std::filesystem::path> paths;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(file.string() + ".d", error)) {
    if (entry.path().extension() == ".toml") paths.push_back(entry.path());
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return fail(ErrorKind::ask_person, "io-error", "Could not read " + file.string() + ".d: " + error.message() + ".");
  }
  std::ranges::sort(paths);
  paths.insert(paths.begin(), file);
  std::vector<ConfigSource> sources;
  for (const auto& path : paths) {
    // An administrator may keep configuration behind a link; the link is followed by name, not by the open.
    const auto real = std::filesystem::canonical(path, error);
    HOLDLINE_ASSIGN(std::string text, read_file(error ? path : real, file_bytes_max));
    sources.push_back({path.string(), std::move(text)});
  }
  return sources;
}

std::string ConfigProblem::text() const {
  if (line == 0) return file.empty() ? message : file + ": " + message;
  return file + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " + message;
}

Result<SecretBytes> read_secret(const SecretReference& reference, const std::string& credentials_directory) {
  constexpr std::uint64_t secret_bytes_max = 64 * 1024;
  Path path = reference.name;
  if (reference.kind == SecretReference::Kind::none) {
    return fail(ErrorKind::ask_person, "secret-missing", "A secret is needed but not configured.");
  }
  if (reference.kind == SecretReference::Kind::credential) {
    if (credentials_directory.empty()) {
      return fail(ErrorKind::ask_person, "secret-missing",
                  "The credential " + reference.name +
                      " was not handed over. Add LoadCredential= to the unit, or use file:PATH.");
    }
    path = Path(credentials_directory) / reference.name;
  } else {
    HOLDLINE_TRY(check_private_file(path));
  }
  HOLDLINE_ASSIGN(std::string bytes, read_file(path, secret_bytes_max));
  if (bytes.ends_with('\n')) bytes.pop_back();
  return SecretBytes(std::move(bytes));
}

ConfigReader::ConfigReader(std::span<const ConfigSource> sources) : documents_(std::make_unique<Documents>()) {
  for (const auto& source : sources) {
    if (const std::uint32_t line = overlong_line(source.text); line != 0) {
      problems_.push_back({source.name, line, line_bytes_max + 1, "the line is longer than any setting needs"});
      continue;
    }
    toml::parse_result parsed = toml::parse(source.text);
    if (parsed) {
      documents_->all.push_back({source.name, std::move(parsed).table()});
      continue;
    }
    const auto& error = parsed.error();
    problems_.push_back(
        {source.name, error.source().begin.line, error.source().begin.column, std::string(error.description())});
  }
}

ConfigReader::~ConfigReader() = default;

ConfigReader::Found ConfigReader::find(std::string_view key) const {
  for (auto document = documents_->all.rbegin(); document != documents_->all.rend(); ++document) {
    if (const auto* node = node_at(document->table, key)) return {&document->name, node};
    if (begins_with_tables(document->table, key)) break;  // these tables are all there are
  }
  return {};
}

ConfigReader::Found ConfigReader::declare(std::string_view key) {
  declared_.emplace_back(key);
  return find(key);
}

const std::string* ConfigReader::string_at(std::string_view key, const Found& found, const char* wanted) {
  if (!found) return nullptr;
  if (const auto* value = found.node->as_string()) return &value->get();
  report(found, key, wanted);
  return nullptr;
}

void ConfigReader::report(const Found& found, std::string_view key, const std::string& message) {
  const auto place = found ? found.node->source().begin : toml::source_position{};
  problems_.push_back({found ? *found.file : "", place.line, place.column, std::string(key) + " " + message});
}

void ConfigReader::took_effect(std::string_view key, const Found& found, std::string value) {
  std::string origin = "default";
  if (found) origin = *found.file + ":" + std::to_string(found.node->source().begin.line);
  effective_.push_back({std::string(key), std::move(value), std::move(origin)});
}

void ConfigReader::text(std::string_view key, std::string& value) {
  const Found found = declare(key);
  if (const auto* given = string_at(key, found, "must be a text in quotes")) value = *given;
  took_effect(key, found, value);
}

void ConfigReader::choice(std::string_view key, std::string& value, std::initializer_list<std::string_view> allowed) {
  const Found found = declare(key);
  const std::string wanted = "must be one of " + list_of(allowed);
  if (const auto* given = string_at(key, found, wanted.c_str())) {
    if (std::ranges::find(allowed, *given) != allowed.end()) {
      value = *given;
    } else {
      report(found, key, wanted);
    }
  }
  took_effect(key, found, value);
}

void ConfigReader::texts(std::string_view key, std::vector<std::string>& value) {
  const Found found = declare(key);
  if (found) {
    const auto* array = found.node->as_array();
    if (array == nullptr || !(array->empty() || array->is_homogeneous<std::string>())) {
      report(found, key, "must be a list of texts in quotes");
    } else {
      value.clear();
      for (const auto& item : *array) value.push_back(item.as_string()->get());
    }
  }
  const std::vector<std::string_view> views(value.begin(), value.end());
  took_effect(key, found, "[" + list_of(views) + "]");
}

void ConfigReader::boolean(std::string_view key, bool& value) {
  const Found found = declare(key);
  if (found) {
    if (const auto* given = found.node->as_boolean()) {
      value = given->get();
    } else {
      report(found, key, "must be true or false");
    }
  }
  took_effect(key, found, value ? "true" : "false");
}

void ConfigReader::integer(std::string_view key, std::int64_t& value, Range<std::int64_t> range) {
  const Found found = declare(key);
  if (found) {
    const auto* given = found.node->as_integer();
    if (given != nullptr && given->get() >= range.least && given->get() <= range.most) {
      value = given->get();
    } else {
      report(found, key,
             "must be a whole number from " + std::to_string(range.least) + " to " + std::to_string(range.most));
    }
  }
  took_effect(key, found, std::to_string(value));
}

void ConfigReader::duration(std::string_view key, Milliseconds& value, Range<Milliseconds> range) {
  const Found found = declare(key);
  const std::string wanted = "must be a time with its unit (ms, s, min, h, d), from \"" + show_duration(range.least) +
                             "\" to \"" + show_duration(range.most) + "\"";
  if (const auto* given = string_at(key, found, wanted.c_str())) {
    const auto parsed = parse_duration(*given);
    if (parsed && *parsed >= range.least && *parsed <= range.most) {
      value = *parsed;
    } else {
      report(found, key, wanted);
    }
  }
  took_effect(key, found, show_duration(value));
}

void ConfigReader::size(std::string_view key, std::uint64_t& value, Range<std::uint64_t> range) {
  const Found found = declare(key);
  const std::string wanted = "must be a size with its unit (B, KiB, MiB, GiB, TiB), from \"" + show_size(range.least) +
                             "\" to \"" + show_size(range.most) + "\"";
  if (const auto* given = string_at(key, found, wanted.c_str())) {
    const auto parsed = parse_size(*given);
    if (parsed && *parsed >= range.least && *parsed <= range.most) {
      value = *parsed;
    } else {
      report(found, key, wanted);
    }
  }
  took_effect(key, found, show_size(value));
}

void ConfigReader::secret(std::string_view key, SecretReference& value) {
  constexpr std::string_view file = "file:/";
  constexpr std::string_view credential = "credential:";
  // What was written instead is not repeated: it may be the secret.
  constexpr const char* wanted = "must say where the secret is (\"file:/PATH\" or \"credential:NAME\"), never hold it";
  const Found found = declare(key);
  if (const auto* given = string_at(key, found, wanted)) {
    const std::string_view name = std::string_view(*given).substr(std::min(given->size(), credential.size()));
    if (given->starts_with(file)) {
      value = {SecretReference::Kind::file, given->substr(file.size() - 1)};
    } else if (given->starts_with(credential) && !name.empty() && name.find('/') == std::string_view::npos) {
      value = {SecretReference::Kind::credential, std::string(name)};
    } else {
      report(found, key, wanted);
    }
  }
  const char* prefix = value.kind == SecretReference::Kind::none   ? "(none)"
                       : value.kind == SecretReference::Kind::file ? "file:"
                                                                   : "credential:";
  took_effect(key, found, prefix + value.name);
}

std::vector<std::string> ConfigReader::names_under(std::string_view prefix) const {
  std::vector<std::string> names;
  for (const auto& document : documents_->all) {
    const auto* node = node_at(document.table, prefix);
    if (node == nullptr || !node->is_table()) continue;
    for (const auto& [name, inner] : *node->as_table()) {
      if (inner.is_table()) names.emplace_back(name.str());
    }
  }
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  return names;
}

std::size_t ConfigReader::tables(std::string_view name) {
  const Found found = find(name);
  if (!found) return 0;
  if (const toml::array* array = tables_of(found.node)) return array->size();
  declared_.emplace_back(name);
  report(found, name, "must be tables, each beginning with [[" + std::string(name) + "]]");
  return 0;
}

bool ConfigReader::has(std::string_view key) const { return static_cast<bool>(find(key)); }

void ConfigReader::require(std::string_view key) {
  if (!has(key)) report({}, key, "is missing and has no default");
}

void ConfigReader::reject(std::string_view key, std::string message) { report(find(key), key, message); }

void ConfigReader::report_unknown_keys(std::string_view only) {
  for (const auto& document : documents_->all) {
    Leaves leaves;
    collect(document.table, "", leaves);
    for (const auto& [name, node] : leaves) {
      if (!name.starts_with(only)) continue;
      // Of tables that a later file replaces nobody asks.
      if (begins_with_tables(document.table, name) && find(name).file != &document.name) continue;
      const auto covers = [&](const std::string& key) {
        return key == name || (node->is_table() && key.starts_with(name + "."));
      };
      if (std::ranges::any_of(declared_, covers)) continue;
      const auto meant = nearest(name, declared_);
      report({&document.name, node}, name,
             meant.empty() ? "is not a known key" : "is not a known key; did you mean " + std::string(meant) + "?");
    }
  }
}

std::vector<ConfigProblem> ConfigReader::finish(std::string_view only) {
  report_unknown_keys(only);
  std::ranges::sort(problems_, {},
                    [](const ConfigProblem& p) { return std::tie(p.file, p.line, p.column, p.message); });
  return std::move(problems_);
}

}  // namespace holdline::platform
