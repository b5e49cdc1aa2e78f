#include "master/views/report.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "master/views/history_json.h"
#include "master/views/live_json.h"
#include "master/views/locust_web.h"

namespace swarm::master {
namespace {

constexpr std::string_view kPlace = "<!--report-->";

// Within a script element: nothing in it ends the element or begins a comment.
std::string in_script(std::string_view json) {
  std::string text;
  text.reserve(json.size());
  for (const char c : json) c == '<' ? text += "\\u003c" : text += c;
  return text;
}

// What the page asks for, by the path below /api/v1.
class Answers {
 public:
  void add(std::string_view path, std::string_view json) {
    text_ += fmt::format("{}\"{}\":{}", text_.empty() ? "{" : ",", path, json);
  }
  std::string text() const { return text_.empty() ? "{}" : text_ + "}"; }

 private:
  std::string text_;  // paths are ours: nothing in them needs escaping
};

}  // namespace

std::string report_html(std::string_view page, const Scene& scene, const ReportParts& parts) {
  Answers answers;
  answers.add("hello", hello_json(scene));
  answers.add("stats", live_stats_json(scene));
  answers.add("errors", errors_json(scene));
  answers.add("exceptions", exceptions_json(scene));
  answers.add("workers", workers_json(scene));
  answers.add("ratio", ratio_json(scene));
  answers.add("logs", logs_json(scene));
  if (parts.run != nullptr) {
    const RecordedRun& run = *parts.run;
    answers.add("runs", runs_json(std::array{&run}, scene.clock,
                                  [](const EndpointRow& row) { return row_json(row, 0); }));
    answers.add(fmt::format("history?run={}", run.number),
                history_json(run, run.total, parts.until, scene.clock));
    for (const auto& [endpoint, timeline] : parts.endpoints) {
      answers.add(fmt::format("history?run={}&endpoint={}", run.number, endpoint_id(endpoint)),
                  history_json(run, timeline, parts.until, scene.clock));
    }
  }
  std::size_t kept = 0;
  for (const ErrorRow& error : scene.snapshot->errors) {
    if (error.exchanges.empty() || kept++ >= kReportErrors) continue;
    answers.add(fmt::format("errors/{}/exchanges", error_id(error.key)),
                exchanges_json(*scene.snapshot, error, scene.clock));
  }
  const std::string data = fmt::format(
      "<script type=\"application/json\" id=\"kept\">{}</script>\n"
      "    <script>window.templateArgs = {}</script>",
      in_script(answers.text()), in_script(locust_report_json(scene)));
  std::string text{page};
  const std::size_t place = text.rfind(kPlace);
  return place == std::string::npos ? text + data : text.replace(place, kPlace.size(), data);
}

}  // namespace swarm::master
