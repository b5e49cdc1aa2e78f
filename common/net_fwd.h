#pragma once

namespace boost::asio {
class io_context;
}
