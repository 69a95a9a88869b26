// What an outage left in doubt, or that it left nothing, as a signed file.
#include <iostream>
#include <memory>

#include "hub/commands/commands.hpp"
#include "platform/os/files.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;

struct WantedCertificate {
  std::string file, about, heard_after, reason, by;
};

int certify(const Commands& commands, const WantedCertificate& given) {
  Json wanted = Json::object();
  if (!given.about.empty()) wanted["about"] = given.about;
  if (!given.heard_after.empty()) wanted["heard_after"] = given.heard_after;
  if (!given.reason.empty())
    wanted["accept"] = {{"by", given.by.empty() ? own_name() : given.by}, {"reason", given.reason}};
  platform::HttpRequest request;
  request.method = "POST";
  request.path = "/admin/v1/certificate";
  request.body = wanted.dump();
  int result = ok;
  const auto json = commands.fetch(std::move(request), result);
  if (!json) return result;
  if (const auto written = platform::write_output(given.file, json->value("file", "")); !written)
    return complain(written.error());
  const Json points = json->value("open_points", Json::array());
  for (const Json& point : points) std::cout << "open: " << point.get<std::string>() << "\n";
  std::cout << "Written to " << given.file << ": "
            << (points.empty() ? "nothing is missing, and nothing waits for anybody.\n"
                : given.reason.empty()
                    ? "it is not proved that nothing is missing. Settle these points, or sign for them with --accept.\n"
                    : "these points are signed for.\n");
  return points.empty() || !given.reason.empty() ? ok : findings;
}

}  // namespace

void add_convergence_commands(Commands& commands) {
  const auto given = std::make_shared<WantedCertificate>();
  CLI::App* command = commands.add("certificate",
                                   "state, signed, what every workstation issued, what came here and what became of it "
                                   "(exit code 3: points are open)",
                                   [&commands, given] { return certify(commands, *given); });
  command->add_option("FILE", given->file, "where to write it")->required();
  command->add_option("--about", given->about, "the outage, in words");
  command->add_option("--heard-after", given->heard_after,
                      "a time: workstations that told of themselves last before it are open points (five minutes ago)");
  command->add_option("--accept", given->reason, "why the open points are acceptable: signs for them");
  command->add_option("--by", given->by, "who signs for them (the name of this login)");
}

}  // namespace holdline::hub
