#include "worker/report/exchange_capture.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/utf8.h"

namespace swarm::worker {
namespace {

constexpr std::array<std::string_view, 4> kSecretFields{"authorization", "proxy-authorization",
                                                        "cookie", "set-cookie"};
// How names of secrets end, whatever is before: without - and _, in lower case.
constexpr std::array<std::string_view, 7> kSecretEnds{"password", "passwd", "passphrase", "pwd",
                                                      "secret",   "token",  "apikey"};
// A longer name is none of a secret.
constexpr std::size_t kLongestName = 100;
// How much of a body is looked through for secrets before it is cut.
constexpr std::size_t kLookedThrough = 4 * ExchangeCapture::kMostBody;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view name, std::string_view lower_case) {
  return std::ranges::equal(name, lower_case, {}, lower);
}

bool names_secret(std::string_view name) {
  if (name.size() > kLongestName) return false;
  std::string plain;
  for (const char c : name) {
    if (c != '-' && c != '_') plain += lower(c);
  }
  return plain.starts_with("password") ||
         std::ranges::any_of(kSecretEnds,
                             [&plain](std::string_view end) { return plain.ends_with(end); });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Up to `most` bytes and no half of a character.
std::string clipped(std::string_view text, std::size_t most, bool& cut) {
  if (text.size() > most) {
    cut = true;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0u) == 0x80u) --most;
    text = text.substr(0, most);
  }
  return repaired_utf8(text);
}

// The next line of `text`, without its end; taken.
std::string_view next_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// Behind the text that begins with the quote at `at`; the end if it is cut off.
std::size_t behind_text(std::string_view json, std::size_t at) {
  for (++at; at < json.size(); ++at) {
    if (json[at] == '\\') {
      ++at;
    } else if (json[at] == '"') {
      return at + 1;
    }
  }
  return json.size();
}

std::size_t behind_blanks(std::string_view json, std::size_t at) {
  return std::min(json.find_first_not_of(" \t\r\n", at), json.size());
}

// Behind the value that begins at `at`, whatever it is.
std::size_t behind_value(std::string_view json, std::size_t at) {
  int depth = 0;
  while (at < json.size()) {
    const char c = json[at];
    if (c == '"') {
      at = behind_text(json, at);
      if (depth == 0) return at;
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') {
      if (depth == 0) return at;
      if (--depth == 0) return at + 1;
    }
    if (depth == 0 && c == ',') return at;
    ++at;
  }
  return at;
}

}  // namespace

ExchangeCapture::ExchangeCapture(std::vector<std::string> masks) : masks_(std::move(masks)) {
  for (std::string& mask : masks_) std::ranges::transform(mask, mask.begin(), lower);
}

bool ExchangeCapture::hides(std::string_view name) const {
  if (names_secret(name)) return true;
  return std::ranges::any_of(masks_,
                             [name](const std::string& mask) { return same_name(name, mask); });
}

bool ExchangeCapture::hides_field(std::string_view name) const {
  const auto is_it = [name](std::string_view secret) { return same_name(name, secret); };
  return std::ranges::any_of(kSecretFields, is_it) || hides(name);
}

// a=1&b=2
std::string ExchangeCapture::hidden_pairs(std::string_view text) const {
  std::string shown;
  for (bool first = true; first || !text.empty(); first = false) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && hides(pair.substr(0, equals))) {
      shown.append(pair.substr(0, equals + 1)).append(kHidden);
    } else {
      shown.append(pair);
    }
    if (end < text.size()) shown += '&';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return shown;
}

std::string ExchangeCapture::hidden_json(std::string_view text) const {
  std::string shown;
  std::size_t shown_to = 0;
  for (std::size_t at = text.find('"'); at < text.size(); at = text.find('"', at)) {
    const std::size_t end = behind_text(text, at);
    const std::string_view key = end > at + 1 ? text.substr(at + 1, end - at - 2) : "";
    at = end;
    const std::size_t colon = behind_blanks(text, end);
    if (colon >= text.size() || text[colon] != ':' || !hides(key)) continue;
    const std::size_t value = behind_blanks(text, colon + 1);
    shown.append(text.substr(shown_to, value - shown_to)).append("\"***\"");
    at = shown_to = behind_value(text, value);
  }
  return shown.append(text.substr(std::min(shown_to, text.size())));
}

std::string ExchangeCapture::body_of(std::string_view bytes, bool& cut) const {
  if (bytes.size() > kLookedThrough) {
    cut = true;
    bytes = bytes.substr(0, kLookedThrough);
  }
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  const bool json = first < bytes.size() && (bytes[first] == '{' || bytes[first] == '[');
  return clipped(json ? hidden_json(bytes) : hidden_pairs(bytes), kMostBody, cut);
}

ExchangeRecord::Fields ExchangeCapture::fields_of(std::string_view head, bool& cut) const {
  ExchangeRecord::Fields fields;
  std::size_t bytes = 0;
  while (!head.empty()) {
    const std::string_view line = next_line(head);
    if (line.empty()) break;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = hides_field(name) ? kHidden : trimmed(line.substr(colon + 1));
    if (bytes >= kMostFields) {
      cut = true;
      break;
    }
    const std::size_t left = kMostFields - bytes;
    fields.emplace_back(clipped(name, left, cut), clipped(value, left, cut));
    bytes += name.size() + value.size();
  }
  return fields;
}

std::string ExchangeCapture::url_of(std::string_view url) const {
  bool cut = false;
  const std::size_t query = url.find('?');
  if (query == std::string_view::npos) return clipped(url, kMostUrl, cut);
  const std::size_t fragment = std::min(url.find('#', query), url.size());
  std::string shown{url.substr(0, query + 1)};
  shown += hidden_pairs(url.substr(query + 1, fragment - query - 1));
  shown += url.substr(fragment);
  return clipped(shown, kMostUrl, cut);
}

ExchangeRecord ExchangeCapture::record(const ExchangeView& view, Duration at, Duration took) const {
  ExchangeRecord made{.at = at, .took = took, .phases = view.phases};
  made.cut = !view.complete;
  std::string_view request = view.request;
  const std::size_t head_end = request.find("\r\n\r\n");
  if (head_end != std::string_view::npos) {
    made.request_body = body_of(request.substr(head_end + 4), made.cut);
    request = request.substr(0, head_end + 2);
  }
  const std::string_view line = next_line(request);
  bool ignored = false;
  made.method = clipped(line.substr(0, std::min(line.find(' '), line.size())), 64, ignored);
  made.url = url_of(view.url);
  made.request_fields = fields_of(request, made.cut);
  made.status = static_cast<std::uint32_t>(std::max(view.status, 0));
  std::string_view head = view.response_head;
  next_line(head);
  made.response_fields = fields_of(head, made.cut);
  made.response_body = body_of(view.response_body, made.cut);
  made.user_class = clipped(view.user_class, kMostClass, ignored);
  return made;
}

}  // namespace swarm::worker
