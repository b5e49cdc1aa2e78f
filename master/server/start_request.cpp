#include "master/server/start_request.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

namespace swarm::master {
namespace {

using Json = nlohmann::json;

std::string text_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Error wrong(const std::string& key, std::string_view wanted) {
  return Error{fmt::format("{} must be {}", key, wanted)};
}

Result<std::vector<std::string>> texts_of(const std::string& key, const Json& value) {
  if (!value.is_array()) return wrong(key, "a list");
  std::vector<std::string> texts;
  for (const Json& each : value) texts.push_back(text_of(each));
  return texts;
}

Result<void> take_options(StartRun& start, const Json& value) {
  if (!value.is_object()) return wrong("options", "an object");
  for (const auto& [name, given] : value.items()) {
    std::vector<std::string> values;
    if (given.is_array()) {
      SWARM_TRY_ASSIGN(values, texts_of(name, given));
    } else if (!given.is_null()) {
      values.push_back(text_of(given));
    }
    start.options.emplace_back(name, std::move(values));
  }
  return {};
}

Result<void> take(StartRun& start, const std::string& key, const Json& value) {
  if (value.is_null()) return {};
  if (key == "users") {
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > UINT32_MAX ||
        value.get<std::uint64_t>() == 0) {
      return wrong(key, "a whole number, 1 or more");
    }
    start.users = value.get<std::uint32_t>();
  } else if (key == "hatch_rate") {
    if (!value.is_number() || !std::isfinite(value.get<double>()) || value.get<double>() <= 0) {
      return wrong(key, "a number above 0");
    }
    start.users_per_s = value.get<double>();
  } else if (key == "host" || key == "profile" || key == "shape") {
    if (!value.is_string()) return wrong(key, "a text");
    auto& text = key == "host" ? start.host : key == "shape" ? start.shape : start.profile;
    text = value.get<std::string>();
  } else if (key == "run_time") {
    if (!value.is_string() && !value.is_number_unsigned()) {
      return wrong(key, "seconds, or a time span like 1h20m");
    }
    start.run_time = text_of(value);
  } else if (key == "classes") {
    SWARM_TRY_ASSIGN(start.classes, texts_of(key, value));
  } else if (key == "options") {
    return take_options(start, value);
  } else {
    return Error{fmt::format("{} is not known here", text_of(key))};
  }
  return {};
}

}  // namespace

Result<StartRun> start_of_json(std::string_view body) {
  const Json object = Json::parse(body, nullptr, false);
  if (!object.is_object()) return Error{"send a JSON object"};
  StartRun start;
  for (const auto& [key, value] : object.items()) SWARM_TRY(take(start, key, value));
  return start;
}

Result<StartRun> start_of_form(const std::multimap<std::string, std::string>& fields) {
  const Error missing{"Missing user_count or spawn_rate from /swarm request"};
  StartRun start;
  std::map<std::string, std::vector<std::string>> options;
  for (const auto& [name, value] : fields) {
    char* end = nullptr;
    if (name == "user_count") {
      const double users = std::strtod(value.c_str(), &end);
      if (*end != '\0' || !(users >= 1) || users > UINT32_MAX) return missing;
      start.users = static_cast<std::uint32_t>(users);
    } else if (name == "spawn_rate") {
      const double rate = std::strtod(value.c_str(), &end);
      if (*end != '\0' || !(rate > 0) || !std::isfinite(rate)) return missing;
      start.users_per_s = rate;
    } else if (name == "host") {
      start.host = value;
      std::erase_if(*start.host, [](char c) { return c == '<' || c == '>'; });
    } else if (name == "run_time") {
      if (!value.empty()) start.run_time = value;
    } else if (name == "user_classes") {
      if (!start.classes) start.classes.emplace();
      start.classes->push_back(value);
    } else if (name == "profile") {
      start.profile = value;
    } else if (name == "shape_class") {
      start.shape = value == "Default" ? "" : value;
    } else {
      options[name].push_back(value);
    }
  }
  start.options.assign(options.begin(), options.end());
  return start;
}

Result<ChangeClass> change_of_json(std::string_view body) {
  const Json object = Json::parse(body, nullptr, false);
  const auto name = object.is_object() ? object.find("user_class_name") : object.end();
  if (!object.is_object() || name == object.end() || !name->is_string()) {
    return Error{"send a JSON object with user_class_name"};
  }
  ChangeClass change{.user_class = name->get<std::string>()};
  for (const auto& [key, value] : object.items()) {
    if (key == "weight") {
      if (!value.is_number() || value.get<double>() < 0) return wrong(key, "a number, 0 or more");
      change.weight = value.get<double>();
    } else if (key == "fixed_count") {
      if (!value.is_number_unsigned() || value.get<std::uint64_t>() > UINT32_MAX) {
        return wrong(key, "a whole number");
      }
      change.fixed_count = value.get<std::uint32_t>();
    } else if (key != "user_class_name") {
      return Error{fmt::format("{} cannot be changed here: weight and fixed_count can", key)};
    }
  }
  return change;
}

}  // namespace swarm::master
