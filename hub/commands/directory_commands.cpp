// Workstations and people.
#include <iostream>
#include <memory>
#include <optional>
#include <vector>

#include "hub/commands/commands.hpp"
#include "hub/people/enrollment.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;

std::string list_of(const Json& texts) {
  std::string list;
  for (const Json& text : texts) list += (list.empty() ? "" : " ") + text.get<std::string>();
  return list;
}

std::string device_line(const Json& device) {
  return device.value("id", "") + "  " + device.value("state", "") + "  " + device.value("name", "") + "  [" +
         list_of(device["scopes"]) + "]\n";
}

std::string person_line(const Json& person) {
  return person.value("name", "") + "  " + person.value("state", "") + "  " + person.value("role", "") + "  [" +
         list_of(person["scopes"]) + "]\n";
}

std::string device_lines(const Json& told) {
  std::string text;
  for (const Json& device : told["items"]) text += device_line(device);
  return text;
}

std::string person_lines(const Json& told) {
  std::string text;
  for (const Json& person : told["items"]) text += person_line(person);
  for (const Json& claim : told["remembered"])
    text += claim.value("name", "") + "  not known here, remembered by " + claim.value("device_name", "") + "  " +
            claim.value("role", "") + "  [" + list_of(claim["scopes"]) + "]: holdline-hub person recall " +
            claim.value("name", "") + "\n";
  return text;
}

// What the options of all these commands are read into.
struct Given {
  std::string target, name, role, password_file, from;
  std::vector<std::string> scopes;
  std::optional<int> profile;
  int days = 7;
  std::int64_t minutes = enroll_code_minutes;
};

// Commands that are one request each, whose answer is a few lines.
class Directory {
 public:
  explicit Directory(Commands& commands) : commands_(commands) {}

  using Body = std::function<Json(const Given&)>;
  using Lines = std::function<std::string(const Json&)>;
  CLI::App* add(CLI::App& group, const char* name, const char* help, std::string method, std::string path, Body body,
                Lines lines) {
    return commands_.add_with_json(group, name, help,
                                   [&commands = commands_, given = given_, method = std::move(method),
                                    path = std::move(path), body = std::move(body), lines = std::move(lines)] {
                                     Json asked = body(*given);
                                     if (!given->password_file.empty()) {
                                       auto password = read_password(given->password_file);
                                       if (!password) return complain(password.error());
                                       asked["password"] = *password;
                                     }
                                     return commands.ask(method, path, method == "GET" ? Json() : asked,
                                                         [&lines](const Json& json) {
                                                           std::cout << lines(json);
                                                           return ok;
                                                         });
                                   });
  }
  CLI::App& group(const char* name, const char* help) { return commands_.group(name, help); }
  CLI::App& app() { return commands_.app(); }
  Given& given() { return *given_; }

 private:
  Commands& commands_;
  std::shared_ptr<Given> given_ = std::make_shared<Given>();
};

Json of_device(const Given& given) { return {{"device", given.target}}; }
Json of_person(const Given& given) { return {{"person", given.target}}; }

void add_device_commands(Directory& commands) {
  CLI::App& group = commands.group("device", "workstations: list, revoke, restore, rename, scopes, approve");
  Given& given = commands.given();
  const auto add = [&](const char* name, const char* help, Directory::Body body) {
    CLI::App* sub =
        commands.add(group, name, help, "POST", std::string("/admin/v1/devices/") + name, std::move(body), device_line);
    sub->add_option("WORKSTATION", given.target, "its name, or its id")->required();
    return sub;
  };
  commands.add(group, "list", "every workstation", "GET", "/admin/v1/devices", of_device, device_lines);
  add("revoke", "serve it no more; its unsent entries stay on it", of_device);
  add("restore", "serve it again", of_device);
  add("rename", "give it another name",
      [](const Given& g) {
        return Json{{"device", g.target}, {"name", g.name}};
      })
      ->add_option("NAME", given.name, "the new name")
      ->required();
  CLI::App* scopes = add("scopes", "what it holds from now on", [](const Given& g) {
    Json body{{"device", g.target}, {"scopes", g.scopes}};
    if (g.profile) body["profile"] = *g.profile;
    return body;
  });
  scopes->add_option("--scope", given.scopes, "all its scopes, each with --scope")->required()->allow_extra_args(false);
  scopes->add_option("--profile", given.profile, "visibility groups it may hold, as a bit set (0 to 255)");
  CLI::App* approve = commands.add(
      group, "approve", "let one renew a certificate that expired long ago", "POST", "/admin/v1/devices/approve",
      [](const Given& g) {
        return Json{{"device", g.target}, {"days", g.days}};
      },
      [](const Json& json) {
        return json.value("name", "") + " may renew its certificate until " + json.value("approved_until", "") +
               "; it tries once a minute.\n";
      });
  approve->add_option("WORKSTATION", given.target, "its name, or its id")->required();
  approve->add_option("--days", given.days, "how long it may do so")->capture_default_str();
}

void add_person_commands(Directory& commands) {
  CLI::App& group = commands.group("person", "people: list, add, disable, enable, password, role, scopes, recall");
  Given& given = commands.given();
  const auto add = [&](const char* name, const char* help, Directory::Body body) {
    CLI::App* sub =
        commands.add(group, name, help, "POST", std::string("/admin/v1/people/") + name, std::move(body), person_line);
    sub->add_option("NAME", given.target, "sign-in name")->required();
    return sub;
  };
  const auto takes_password = [&](CLI::App* sub) {
    sub->add_option("--password-file", given.password_file, "file that holds the password")->required();
  };
  const auto takes_role = [&](CLI::App* sub) {
    return sub->add_option("--role", given.role, "agent, supervisor or it");
  };
  const auto takes_scopes = [&](CLI::App* sub) {  // one each, so that a name may follow
    return sub->add_option("--scope", given.scopes, "all their scopes, each with --scope")->allow_extra_args(false);
  };

  commands.add(group, "list", "everybody", "GET", "/admin/v1/people", of_person, person_lines);
  CLI::App* added = commands.add(
      group, "add", "somebody who may sign in", "POST", "/admin/v1/people",
      [](const Given& g) {
        Json body{{"name", g.target}, {"scopes", g.scopes}};
        if (!g.role.empty()) body["role"] = g.role;
        return body;
      },
      [](const Json& json) { return json.value("name", "") + " may sign in as " + json.value("role", "") + ".\n"; });
  added->add_option("NAME", given.target, "sign-in name")->required();
  takes_password(added);
  takes_role(added);
  takes_scopes(added)->required();
  add("disable", "sign them out everywhere; what they did before still counts", of_person);
  add("enable", "let them sign in again", of_person);
  takes_password(add("password", "give them another password", of_person));
  takes_role(add("role", "give them another role", [](const Given& g) {
    return Json{{"person", g.target}, {"role", g.role}};
  }))->required();
  takes_scopes(add("scopes", "where they work from now on", [](const Given& g) {
    return Json{{"person", g.target}, {"scopes", g.scopes}};
  }))->required();
  CLI::App* recall =
      add("recall", "take back somebody whom workstations remember and this hub lost", [](const Given& g) {
        return Json{{"person", g.target}, {"role", g.role}, {"scopes", g.scopes}, {"from", g.from}};
      });
  takes_role(recall);
  takes_scopes(recall);
  recall->add_option("--from", given.from, "the workstation whose word counts");
}

void add_scope_commands(Directory& commands) {
  CLI::App& group = commands.group("scope", "scopes: list those there are, add one");
  Given& given = commands.given();
  commands.add(
      group, "list", "scopes of workstations, people and records", "GET", "/admin/v1/scopes",
      [](const Given&) { return Json(); },
      [](const Json& json) {
        std::string text;
        for (const Json& scope : json["items"]) text += scope.get<std::string>() + "\n";
        return text.empty() ? "There is none yet.\n" : text;
      });
  CLI::App* made = commands.add(
      group, "add", "make one that people, workstations and records may have from now on", "POST", "/admin/v1/scopes",
      [](const Given& g) {
        return Json{{"scope", g.target}};
      },
      [](const Json& json) { return "The scope " + json.value("scope", "") + " is there.\n"; });
  made->add_option("SCOPE", given.target, "up to four lower-case words with slashes between, like acme/london")
      ->required();
}

void add_enrolment_commands(Directory& commands) {
  Given& given = commands.given();
  CLI::App* code = commands.add(
      commands.app(), "enroll-code", "make a code that enrols one workstation", "POST", "/admin/v1/enroll-codes",
      [](const Given& g) {
        Json body{{"minutes", g.minutes}};
        if (!g.target.empty()) body["device"] = g.target;
        if (!g.name.empty()) body["name"] = g.name;
        if (!g.scopes.empty()) body["scopes"] = g.scopes;
        return body;
      },
      [](const Json& json) { return json.value("code", "") + "\n"; });
  auto* known =
      code->add_option("--for", given.target, "a workstation that is known and comes back: its name, or its id");
  code->add_option("--name", given.name, "name of a new workstation")->excludes(known);
  code->add_option("--scope", given.scopes, "scopes it will hold")->excludes(known);
  code->add_option("--minutes", given.minutes, "how long the code is good")->capture_default_str();

  commands.add(
      commands.group("authority", "the hub's certificate authority"), "replace",
      "sign with another one at once: only when it ended, or somebody else may hold it", "POST",
      "/admin/v1/authority/replace", [](const Given&) { return Json(); },
      [](const Json&) {
        return "Another certificate authority signs now. Start the hub again; workstations that have not heard of it "
               "need a code each: holdline-hub enroll-code --for WORKSTATION, and there: holdline reenroll CODE\n";
      });
}

}  // namespace

void add_directory_commands(Commands& commands) {
  Directory directory(commands);
  add_enrolment_commands(directory);
  add_device_commands(directory);
  add_person_commands(directory);
  add_scope_commands(directory);
}

}  // namespace holdline::hub
