#include "sync/schema/schema.hpp"

#include <algorithm>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace holdline::sync {
namespace {

// The conflict collection as shipped, which every schema needs.
std::string conflict_part() {
  const std::string_view text = default_schema_text();
  return std::string(text.substr(text.find("[collection.conflict]")));
}

// A schema of one collection: line 1 is the version, line 2 the collection, line 3 its number, line 4 `head`, line 5
// opens the fields, `fields` begin at line 6.
std::string schema_with(const std::string& head, const std::string& fields) {
  return "version = 1\n[collection.thing]\nno = 1\n" + head + "\n[collection.thing.field]\n" + fields + "\n" +
         conflict_part();
}

std::vector<std::string> errors_of(const std::string& text) {
  const auto schema = Schema::parse(text);
  if (schema) return {};
  EXPECT_EQ(schema.error().kind, ErrorKind::ask_person);
  EXPECT_EQ(schema.error().code, "invalid-schema");
  std::vector<std::string> lines;
  std::istringstream in(schema.error().message);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Schema, TheOneThatIsShippedParses) {
  const auto schema = Schema::parse(default_schema_text());
  ASSERT_TRUE(schema) << schema.error().message;
  EXPECT_EQ(schema->version(), 6u);
  EXPECT_EQ(schema->text(), default_schema_text());
  EXPECT_EQ(schema->hash(), sha256(default_schema_text()));
  std::string names;
  for (const Collection& c : schema->collections()) names += c.name + " ";
  EXPECT_EQ(names,
            "customer address phone email manual_entry callback_request suppression conflict holding offer interaction "
            "note complaint follow_up consent verification authority disclosure rights_request data_export incident "
            "incident_step incident_link outage_report service_state runbook_event plan_part form_pad form_use "
            "drill_report callback_decision callback_release callback_claim callback_attempt posting improvement "
            "promise_capacity broad_search saved_query ");
}

TEST(Schema, FindsCollectionsAndFieldsByNameAndNumber) {
  const Schema schema = *Schema::parse(default_schema_text());
  const Collection* phone = schema.collection("phone");
  ASSERT_NE(phone, nullptr);
  EXPECT_EQ(schema.collection(CollectionNo{3}), phone);
  EXPECT_EQ(schema.collection("fax"), nullptr);
  EXPECT_EQ(schema.collection(CollectionNo{99}), nullptr);
  EXPECT_EQ(phone->field("e164"), FieldIndex{1});
  EXPECT_EQ(phone->field_by_no(2), FieldIndex{1});
  EXPECT_FALSE(phone->field("fax"));
  EXPECT_FALSE(phone->field_by_no(99));
  EXPECT_EQ(phone->parent, FieldIndex{0});
  EXPECT_EQ(phone->natural_key, FieldIndex{1});
  EXPECT_EQ(phone->fields[0].target, schema.collection("customer")->no);
}

TEST(Schema, PutsEveryFieldIntoExactlyOneUnit) {
  const Schema schema = *Schema::parse(default_schema_text());
  for (const Collection& c : schema.collections()) {
    std::vector<int> seen(c.fields.size());
    ASSERT_EQ(c.unit_of.size(), c.fields.size());
    for (std::size_t u = 0; u < c.units.size(); ++u) {
      EXPECT_TRUE(std::ranges::is_sorted(c.units[u].fields));
      for (const FieldIndex f : c.units[u].fields) {
        ++seen[f];
        EXPECT_EQ(c.unit_of[f], u);
        EXPECT_EQ(c.fields[f].policy, c.units[u].policy);
      }
    }
    EXPECT_EQ(std::ranges::count(seen, 1), static_cast<std::ptrdiff_t>(seen.size())) << c.name;
  }
  const Collection& customer = *schema.collection("customer");
  const auto postal = std::ranges::find(customer.units, "postal", &MergeUnit::name);
  ASSERT_NE(postal, customer.units.end());
  EXPECT_EQ(postal->fields.size(), 4u);
}

TEST(Schema, ReadsEveryAttribute) {
  const auto schema = Schema::parse(schema_with("lane = 2\nlabel = \"Things\"", R"(
b = { no = 7, type = "integer", minimum = -5, maximum = 5, policy = "latest", retention_days = 30 }
a = { no = 2, type = "text", label = "Größe #1 \"'王𝄞", required = true, read_only = true, max_length = 9, search = "name", merge_group = "g", visibility = 7, replication = "masked", sensitive = true, form_position = 4 }
two_words = { no = 3, type = "set", max_length = 5, options = ["x", "y"] }
log = { no = 4, type = "list", max_length = 5 }
s = { no = 5, type = "picklist", options = ["x", "y"], policy = "transition", transitions = { x = ["y"] } })"));
  ASSERT_TRUE(schema) << schema.error().message;
  const Collection& c = *schema->collection("thing");
  EXPECT_EQ(c.label, "Things");
  EXPECT_EQ(c.lane, 2);
  ASSERT_EQ(c.fields.size(), 5u);  // by number, not by place in the text
  const Field& a = c.fields[0];
  EXPECT_EQ(a.name, "a");
  EXPECT_EQ(a.label, "Größe #1 \"'王𝄞");
  EXPECT_TRUE(a.required && a.read_only && a.sensitive);
  EXPECT_EQ(a.max_length, 9u);
  EXPECT_EQ(a.search, SearchKind::name);
  EXPECT_EQ(a.policy, MergePolicy::review);
  EXPECT_EQ(a.merge_group, "g");
  EXPECT_EQ(a.visibility, 7);
  EXPECT_EQ(a.replication, Replication::masked);
  EXPECT_EQ(a.form_position, 4u);
  EXPECT_EQ(c.fields[1].label, "Two words");
  EXPECT_EQ(c.fields[1].policy, MergePolicy::unite);
  EXPECT_EQ(c.fields[1].options, (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(c.fields[2].policy, MergePolicy::append);
  EXPECT_EQ(c.fields[3].transitions.at("x"), std::vector<std::string>{"y"});
  EXPECT_EQ(c.fields[4].no, 7);
  EXPECT_EQ(c.fields[4].minimum, -5);
  EXPECT_EQ(c.fields[4].maximum, 5);
  EXPECT_EQ(c.fields[4].policy, MergePolicy::latest);
  EXPECT_EQ(c.fields[4].retention_days, 30u);
}

TEST(Schema, PointsAtWhatIsWrongWithATimeThatIsCounted) {
  const auto told = [](const std::string& due) {
    const auto schema = Schema::parse(schema_with("",
                                                  "a = { no = 1, type = \"time\" }\nb = { no = 2, type = \"time\" }\n"
                                                  "p = { no = 3, type = \"picklist\", options = [\"x\"] }\n"
                                                  "[collection.thing.due.b]\n" +
                                                      due));
    return schema ? std::string() : schema.error().message;
  };
  EXPECT_EQ(told("after = \"a\"\ndays = 3\nby = \"p\"\ndays_of = { x = 9 }"), "");
  EXPECT_NE(told("after = \"p\"\ndays = 3").find("'p' must be a time of this collection"), std::string::npos);
  EXPECT_NE(told("after = \"b\"\ndays = 3").find("is set by something else"), std::string::npos);
  EXPECT_NE(told("after = \"a\"\ndays = 3\nby = \"a\"").find("`by` names a picklist"), std::string::npos);
  EXPECT_NE(told("after = \"a\"\ndays = 3\nby = \"p\"\ndays_of = { y = 9 }").find("'y' is not one"), std::string::npos);
  EXPECT_EQ(told("after = \"a\"\nmonths = 1"), "");
  EXPECT_NE(told("after = \"a\"\nmonths = 1\ndays = 3").find("states one of days and months"), std::string::npos);
  EXPECT_NE(told("after = \"a\"\ndays = 0").find("must be from 1 to 3660"), std::string::npos);
}

TEST(Schema, PointsAtWhatIsWrongWithAField) {
  const std::string text = R"(type = "text", max_length = 9)";
  const std::pair<std::string, std::string> cases[] = {
      {R"(type = "text", max_length = 9)", "no: is missing"},
      {R"(no = 1)", "type: is missing"},
      {R"(no = 0, )" + text, "no: must be from 1 to 65535"},
      {R"(no = "1", )" + text, "no: must be a whole number"},
      {R"(no = 1, type = "txt", max_length = 9)",
       "type: must be one of text, integer, boolean, time, picklist, phone, "
       "email, reference, set, list; did you mean 'text'?"},
      {R"(no = 1, requird = true, )" + text, "requird: is not known here; did you mean 'required'?"},
      {R"(no = 1, wibble = true, )" + text, "wibble: is not known here"},
      {R"(no = 1, required = 1, )" + text, "required: must be true or false"},
      {R"(no = 1, label = "", )" + text, "label: must have 1 to 80 bytes"},
      {R"(no = 1, type = "text")", "max_length: is missing"},
      {R"(no = 1, type = "text", max_length = 16385)", "max_length: must be from 1 to 16384"},
      {R"(no = 1, type = "text", max_length = 8000)", "max_length: the texts that merge as one value"},
      {R"(no = 1, type = "phone", max_length = 9)", "max_length: only text, set and list fields have one"},
      {R"(no = 1, minimum = 1, )" + text, "minimum: only integer and time fields have one"},
      {R"(no = 1, type = "integer", minimum = 2, maximum = 1)", "minimum: is above the maximum"},
      {R"(no = 1, options = ["a"], )" + text, "options: only picklist and set fields have options"},
      {R"(no = 1, type = "picklist")", "options: is missing"},
      {R"(no = 1, type = "picklist", options = ["a", "a"])", "options: 'a' is there twice"},
      {R"(no = 1, type = "picklist", options = [""])", "options: every item must be a text of 1 to 64 bytes"},
      {R"(no = 1, policy = "union", )" + text, "policy: a set merges by union and a list by append"},
      {R"(no = 1, type = "set", max_length = 9, policy = "latest")", "policy: a set merges by union"},
      {R"(no = 1, policy = "strictest", )" + text, "policy: transition and strictest decide between options"},
      {R"(no = 1, type = "picklist", options = ["a"], policy = "transition")", "transitions: is missing"},
      {R"(no = 1, type = "picklist", options = ["a"], transitions = { a = ["a"] })",
       "transitions: only policy transition has a state table"},
      {R"(no = 1, type = "picklist", options = ["a"], policy = "transition", transitions = { b = ["a"] })",
       "transitions: 'b' is not one of the options"},
      {R"(no = 1, type = "picklist", options = ["a"], policy = "transition", transitions = { a = ["b"] })",
       "transitions: 'b' (after 'a') is not one of the options"},
      {R"(no = 1, type = "picklist", options = ["a"], policy = "strictest", merge_group = "g")",
       "merge_group: a field that merges by transition, strictest, union or append merges alone"},
      {R"(no = 1, visibility = 8, )" + text, "visibility: must be from 0 to 7"},
      {R"(no = 1, type = "integer", replication = "masked")", "replication: only text, phone and email fields"},
      {R"(no = 1, type = "set", max_length = 9, required = true)", "required: a set or list may always be empty"},
      {R"(no = 1, type = "integer", search = "name")", "search: only text, phone and email fields are searched"},
      {R"(no = 1, target = "thing", )" + text, "target: only reference fields have one"},
      {R"(no = 1, type = "reference")", "target: is missing"},
      {R"(no = 1, type = "integer", format = "country")", "format: only text fields have one"},
      {R"(no = 1, type = "integer", may_look_like_card = true)", "may_look_like_card: only text fields"},
      {R"(no = 1, as_typed = "f", )" + text, "as_typed: only phone fields have one"},
      {R"(no = 1, type = "phone", as_typed = "g")", "as_typed: there is no field 'g'"},
      {R"(no = 1, type = "phone", extension = "f")", "extension: field 'f' must be a text that may be empty"},
      {R"(no = 1, type = "reference", target = "thin")", "target: there is no collection 'thin'"},
  };
  for (const auto& [attributes, error] : cases) {
    const auto errors = errors_of(schema_with("", "f = { " + attributes + " }"));
    const std::string wanted = "line 6: collection.thing.field.f." + error;
    EXPECT_TRUE(std::ranges::any_of(errors, [&](const auto& e) { return e.starts_with(wanted); }))
        << attributes << "\nwanted " << wanted << "\ngot    " << (errors.empty() ? "no error" : errors.front());
  }
}

TEST(Schema, PointsAtWhatIsWrongWithACollection) {
  const std::string key = R"(key = { no = 2, type = "text", max_length = 9, required = true })";
  const std::string up = R"(up = { no = 1, type = "reference", target = "conflict", required = true })";
  const std::string self = R"(up = { no = 1, type = "reference", target = "thing", required = true })";
  const std::string loose = R"(up = { no = 1, type = "reference", target = "conflict" })";
  const std::tuple<std::string, std::string, std::string> cases[] = {
      {"lane = 4", key, "line 4: collection.thing.lane: must be from 0 to 3"},
      {"lanes = 1", key, "line 4: collection.thing.lanes: is not known here; did you mean 'lane'?"},
      {R"(rule = { r = { text = "t" } })", key, "line 4: collection.thing.rule.r: states one of any_of, ascending"},
      {R"(rule = { r = { any_of = ["key"] } })", key, "line 4: collection.thing.rule.r.text: is missing"},
      {R"(rule = { r = { any_of = ["none"], text = "t" } })", key,
       "line 4: collection.thing.rule.r: there is no field 'none'"},
      {R"(rule = { r = { ascending = ["key"], text = "t" } })", key,
       "line 4: collection.thing.rule.r: ascending names two fields"},
      {R"(rule = { r = { after_event = ["key"], text = "t" } })", key,
       "line 4: collection.thing.rule.r: cannot be said of a field like 'key'"},
      {R"(parent = "down")", up, "line 4: collection.thing.parent: there is no field 'down'"},
      {R"(parent = "key")", key, "line 4: collection.thing.parent: must name a reference field"},
      {R"(parent = "up")", self, "line 4: collection.thing.parent: must point to a collection that has no parent"},
      {R"(parent = "up")", loose, "line 4: collection.thing.parent: field 'up' must be required"},
      {"parent = \"up\"\nnatural_key = \"kee\"", up + "\n" + key, "line 5: collection.thing.natural_key: there is no"},
      {"parent = \"up\"\nnatural_key = \"up\"", up + "\n" + key, "line 5: collection.thing.natural_key: must name a"},
      {R"(sort_by = "whim")", key, "line 4: collection.thing.sort_by: there is no field 'whim'"},
      {R"(sort_by = "key")", key, "line 4: collection.thing.sort_by: field 'key' must be a time, read_only"},
      {"parent = \"up\"\nsort_by = \"key\"", up + "\n" + key, "line 5: collection.thing.sort_by: lists are of records"},
      {"", "", "line 2: collection.thing.field: a collection needs at least one field"},
      {"", key + "\nother = { no = 2, type = \"boolean\" }",
       "line 7: collection.thing.field.other.no: field 'key' has"},
      {"", "Key = { no = 1, type = \"boolean\" }", "line 6: collection.thing.field.Key: a name has"},
      {"", "id = { no = 1, type = \"boolean\" }", "line 6: collection.thing.field.id: a name has"},
      {"", "f = 1", "line 6: collection.thing.field.f: must be a table"},
      {"",
       "a = { no = 1, type = \"boolean\", merge_group = \"g\" }\n"
       "b = { no = 2, type = \"boolean\", merge_group = \"g\", policy = \"latest\" }",
       "line 7: collection.thing.field.b.merge_group: all fields of group 'g' must have the same policy"},
      {"", "a = { no = 1, type = \"boolean\", merge_group = \"b\" }\nb = { no = 2, type = \"boolean\" }",
       "line 7: collection.thing.field.b: a merge group and a field cannot both be called 'b'"},
  };
  for (const auto& [head, fields, wanted] : cases) {
    const auto errors = errors_of(schema_with(head, fields));
    EXPECT_TRUE(std::ranges::any_of(errors, [&, w = wanted](const auto& e) { return e.starts_with(w); }))
        << "wanted " << wanted << "\ngot    " << (errors.empty() ? "no error" : errors.front());
  }
}

TEST(Schema, ReportsAllErrorsAtOnceInTheOrderOfTheText) {
  const auto errors = errors_of(schema_with("lane = 9",
                                            "a = { no = 1, type = \"boolean\", visibility = 9 }\n"
                                            "b = { no = 1, type = \"reference\", target = \"x\" }"));
  ASSERT_EQ(errors.size(), 4u);
  EXPECT_TRUE(errors[0].starts_with("line 4: collection.thing.lane: ")) << errors[0];
  EXPECT_TRUE(errors[1].starts_with("line 6: collection.thing.field.a.visibility: ")) << errors[1];
  EXPECT_TRUE(errors[2].starts_with("line 7: collection.thing.field.b.no: ")) << errors[2];
  EXPECT_TRUE(errors[3].starts_with("line 7: collection.thing.field.b.target: ")) << errors[3];
}

TEST(Schema, NeedsTheConflictCollectionAsTheHubWritesIt) {
  const std::string shipped(default_schema_text());
  const auto first = [](const std::string& text) {
    const auto errors = errors_of(text);
    return errors.empty() ? "" : errors.front();
  };
  EXPECT_NE(first(shipped.substr(0, shipped.find("[collection.conflict]"))).find("collection.conflict: is missing"),
            std::string::npos);
  EXPECT_NE(first(replaced(shipped, "built_in = true", "built_in = false")).find("built_in: must be true"),
            std::string::npos);
  EXPECT_NE(first(replaced(shipped, "\nof_lane = ", "\nlane_of = ")).find("field.of_lane: is missing"),
            std::string::npos);
  EXPECT_NE(first(replaced(shipped, "joined = { no = 22, type = \"list\"", "joined = { no = 22, type = \"set\""))
                .find("field.joined.type: is another type"),
            std::string::npos);
  EXPECT_NE(
      first(replaced(shipped, "[\"open\", \"decided\", \"resolved\"]", "[\"open\", \"resolved\"]")).find("field.state"),
      std::string::npos);
}

TEST(Schema, RefusesSameNumbersAndTooMany) {
  std::string fields, collections;
  for (int i = 1; i <= 64; ++i) {
    fields += "f" + std::to_string(i) + " = { no = " + std::to_string(i) + ", type = \"boolean\" }\n";
  }
  EXPECT_TRUE(errors_of(schema_with("", fields)).empty());
  auto errors = errors_of(schema_with("", fields + "f65 = { no = 65, type = \"boolean\" }"));
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0], "line 2: collection.thing.field: a collection has at most 64 fields");
  for (int i = 1; i <= 99; ++i)
    collections += "[collection.c" + std::to_string(i) + "]\nno = " + std::to_string(i + 100) + "\n[collection.c" +
                   std::to_string(i) + ".field]\nf = { no = 1, type = \"boolean\" }\n";
  EXPECT_TRUE(errors_of("version = 1\n" + collections + conflict_part()).empty());
  errors = errors_of(schema_with("", "f = { no = 1, type = \"boolean\" }") + collections);
  EXPECT_EQ(std::ranges::count(errors, "line 1: collection: a schema has at most 100 collections"), 1);
  errors = errors_of(replaced(schema_with("", "f = { no = 1, type = \"boolean\" }"), "no = 1\n", "no = 8\n"));
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_NE(errors[0].find("has the same number"), std::string::npos);
}

TEST(Schema, RefusesTextsThatAreNotASchema) {
  const std::pair<std::string, std::string> cases[] = {
      {"", "line 1: version: is missing"},
      {"version = 0\n" + conflict_part(), "line 1: version: must be from 1 to 4294967295"},
      {"version = 1\nversions = 2\n" + conflict_part(), "line 2: versions: is not known here; did you mean 'version'?"},
      {"version = 1\ncollection = 3", "line 2: collection: must be a table"},
      {"version = 1\n\nthis is not TOML", "line 3: schema: not valid TOML: "},
      {"version = 1\nversion = 1", "line 2: schema: not valid TOML: "},
      {"version = 1\nü = 1", "line 2: schema: characters outside ASCII may stand in \"texts\" and comments only"},
      {"version = 1\nx = 'ü'", "line 2: schema: characters outside ASCII may stand in \"texts\" and comments only"},
      {"version = 1\nx = 2\"ü\"", "line 2: schema: not valid TOML: "},
      {"version = 1\nx = \"\\ü\"", "line 2: schema: not valid TOML: an unknown escape"},
      {"version = 1\nx = \"\"\"\n\"\"\"", "line 2: schema: texts over several lines are not used here"},
      {"version = 1\nx = \"a", "line 2: schema: a text does not end on its line"},
      {"version = 1\nx = \"\xff\"", "line 2: schema: not valid TOML: "},
      {"version = 1\nx = " + std::string(20, '[') + std::string(20, ']'), "line 2: schema: not valid TOML: "},
      {"version = 1\n[" + std::string(5'000, 'a') + "]", "line 2: schema: a line may have at most 4096 bytes"},
      {std::string(1024 * 1024 + 1, '\n'), "line 1: schema: the text is longer than 1 MiB"},
  };
  for (const auto& [text, wanted] : cases) {
    const auto errors = errors_of(text);
    ASSERT_FALSE(errors.empty()) << wanted;
    EXPECT_TRUE(errors.front().starts_with(wanted)) << "wanted " << wanted << "\ngot    " << errors.front();
  }
}

TEST(Schema, SurvivesTheDeepestTablesThatALineCanOpen) {
  std::string header = "[a";
  while (header.size() < 4'090) header += ".a";
  const auto errors = errors_of("version = 1\n" + header + "]\n");
  ASSERT_FALSE(errors.empty());
  EXPECT_LE(errors.size(), 101u);
}

TEST(Schema, ReadsDamagedTextsWithoutHarm) {
  constexpr std::string_view foreign[] = {"ü", "王", "\u0085", "\u2003", "\xff", "\"ü", "\"ü\"", "'", "\\", "\"\"\""};
  std::mt19937_64 random(11);
  const std::string shipped(default_schema_text());
  for (int round = 0; round < 250; ++round) {
    std::string text = shipped;
    for (std::size_t cuts = 1 + random() % 3; cuts > 0; --cuts) {
      const std::size_t from = random() % text.size();
      if (random() % 2 == 0)
        text.erase(from, random() % 40);
      else
        text.replace(from, 1,
                     random() % 2 == 0 ? shipped.substr(random() % shipped.size(), random() % 40)
                                       : std::string(foreign[random() % std::size(foreign)]));
    }
    const auto schema = Schema::parse(text);
    if (schema) continue;
    EXPECT_TRUE(schema.error().message.starts_with("line ")) << schema.error().message;
  }
}

TEST(Schema, KeepsGuidesAndKnowsWhichFormsTheyAreFor) {
  const std::string thing = schema_with("", "kind = { no = 1, type = \"picklist\", options = [\"a\", \"b\"] }");
  const auto guide = [&](const std::string& attributes) { return thing + "\n[guide.g]\n" + attributes; };
  const auto schema =
      Schema::parse(guide("title = \"G\"\ntext = \"Say\\n- first\"\nforms = [\"thing\"]\nkinds = [\"b\"]\n"));
  ASSERT_TRUE(schema) << schema.error().message;
  ASSERT_EQ(schema->guides().size(), 1u);
  EXPECT_EQ(schema->guides()[0].text, "Say\n- first");
  const auto refused = [&](const std::string& attributes, const std::string& why) {
    const auto errors = errors_of(guide(attributes));
    ASSERT_EQ(errors.size(), 1u) << why;
    EXPECT_NE(errors[0].find(why), std::string::npos) << errors[0];
  };
  refused("title = \"G\"\n", "guide.g.text: is missing");
  refused("title = \"G\"\ntext = \"T\"\nforms = [\"none\"]\n", "'none' is no collection");
  refused("title = \"G\"\ntext = \"T\"\nforms = [\"thing\"]\nkinds = [\"c\"]\n", "none of its forms has the kind 'c'");
}

TEST(Schema, CutsALongListOfErrors) {
  std::string text = "version = 1\n";
  for (int i = 0; i < 300; ++i) text += "x" + std::to_string(i) + " = 1\n";
  const auto errors = errors_of(text);
  ASSERT_EQ(errors.size(), 101u);
  EXPECT_EQ(errors.back(), "and 201 more");
}

}  // namespace
}  // namespace holdline::sync
