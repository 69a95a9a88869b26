// The report about an outage, as a file.
#include <filesystem>
#include <iostream>
#include <memory>

#include "hub/commands/commands.hpp"
#include "platform/os/files.hpp"

namespace holdline::hub {

namespace {

struct WantedFile {
  std::string file, incident, client;
};

int write_report(const Commands& commands, const WantedFile& given) {
  const std::string ending = std::filesystem::path(given.file).extension().string();
  if (ending != ".pdf" && ending != ".html" && ending != ".json") {
    std::cerr << "holdline-hub: the name of the file says what it becomes: it ends in .pdf, .html or .json\n";
    return usage;
  }
  platform::HttpRequest request;
  request.method = "GET";
  request.path = "/admin/v1/report";
  request.query = {{"incident", given.incident}, {"client", given.client}, {"format", ending.substr(1)}};
  int result = ok;
  const auto report = commands.fetch_text(std::move(request), result);
  if (!report) return result;
  if (const auto written = platform::replace_file(std::filesystem::absolute(given.file), *report); !written)
    return complain(written.error());
  std::cout << "Written to " << given.file << ".\n";
  return ok;
}

}  // namespace

void add_report_commands(Commands& commands) {
  const auto given = std::make_shared<WantedFile>();
  CLI::App* command =
      commands.add("report", "write the report about an outage: what was taken, promised, kept and left",
                   [&commands, given] { return write_report(commands, *given); });
  command->add_option("FILE", given->file, "where to write it; ends in .pdf, .html or .json")->required();
  command->add_option("--incident", given->incident, "its short code (the latest outage that was no practice)");
  command->add_option("--client", given->client, "only this client's scopes, with nothing of others");
}

}  // namespace holdline::hub
