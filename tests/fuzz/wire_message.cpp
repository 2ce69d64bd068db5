#include "tests/fuzz/wire_message.h"

#include "keventd/names.h"

namespace keventd::fuzz {
namespace {

constexpr std::size_t FieldsLengthOffset = 12;

// Bytes in the order of the message, each aligned as D-Bus has it.
class Writer {
public:
    explicit Writer(bool isBigEndian) : isBigEndian_(isBigEndian) {}

    void byte(std::uint8_t value) { bytes_.push_back(value); }
    void number(std::uint32_t value) {
        align(4);
        bytes_.resize(bytes_.size() + 4);
        putNumber(bytes_.size() - 4, value);
    }
    void putNumber(std::size_t at, std::uint32_t value) {
        for (unsigned i = 0; i < 4; ++i) {
            bytes_[at + i] = static_cast<std::uint8_t>(value >> 8U * (isBigEndian_ ? 3 - i : i));
        }
    }
    void text(std::string_view value) {
        number(static_cast<std::uint32_t>(value.size()));
        ended(value);
    }
    void signature(std::string_view value) {
        byte(static_cast<std::uint8_t>(value.size()));
        ended(value);
    }
    void align(std::size_t to) { bytes_.resize((bytes_.size() + to - 1) / to * to); }
    /// Begins a field of the head: its code, and the type of its value.
    void field(std::uint8_t code, std::string_view type) {
        align(8);
        byte(code);
        signature(type);
    }
    [[nodiscard]] std::size_t size() const { return bytes_.size(); }
    [[nodiscard]] std::vector<std::uint8_t>& bytes() { return bytes_; }

private:
    void ended(std::string_view value) {
        bytes_.insert(bytes_.end(), value.begin(), value.end());
        byte(0);
    }

    bool isBigEndian_;
    std::vector<std::uint8_t> bytes_;
};

void writeFields(Writer& out, const WireHead& head) {
    constexpr std::uint8_t path = 1;
    constexpr std::uint8_t interface = 2;
    constexpr std::uint8_t member = 3;
    constexpr std::uint8_t replySerial = 5;
    constexpr std::uint8_t sender = 7;
    constexpr std::uint8_t signature = 8;
    const auto text = [&out](std::uint8_t code, const char* type, const char* value) {
        out.field(code, type);
        out.text(value);
    };
    if (head.type == WireHead::Type::Signal) {
        text(path, "o", names::Object);
        text(interface, "s", names::Manager);
        text(member, "s", head.member);
    } else {
        out.field(replySerial, "u");
        out.number(head.replySerial);
    }
    if (head.sender != nullptr) text(sender, "s", head.sender);
    out.field(signature, "g");
    out.signature(head.signature);
}

} // namespace

std::vector<std::uint8_t> wireMessage(const WireHead& head, std::span<const std::uint8_t> body) {
    constexpr std::uint8_t version = 1;
    constexpr std::uint32_t serial = 1; // nobody asks for it
    Writer out(head.isBigEndian);
    out.byte(head.isBigEndian ? 'B' : 'l');
    out.byte(static_cast<std::uint8_t>(head.type));
    out.byte(0);
    out.byte(version);
    out.number(static_cast<std::uint32_t>(body.size()));
    out.number(serial);
    out.number(0);
    writeFields(out, head);
    out.putNumber(FieldsLengthOffset, static_cast<std::uint32_t>(out.size() - FieldsLengthOffset - 4));
    out.align(8);
    out.bytes().insert(out.bytes().end(), body.begin(), body.end());
    return std::move(out.bytes());
}

} // namespace keventd::fuzz
