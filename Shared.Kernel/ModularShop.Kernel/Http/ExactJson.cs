using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Http;

/// <summary>
/// Refuses a number that a decimal cannot hold exactly. The framework would round: 1e-30 to 0, and 0.99... with thirty nines to 1.
/// </summary>
internal sealed class ExactDecimalJson : JsonConverter<decimal>
{
    public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var rounded = reader.GetDecimal();
        if (
            !reader.HasValueSequence
            && reader.ValueSpan.Length <= ExactDecimal.AlwaysExact
            && reader.ValueSpan.IndexOfAny((byte)'e', (byte)'E') < 0
        )
        {
            return rounded;
        }
        var text = Encoding.ASCII.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan);
        return ExactDecimal.TryParse(text, out var exact) ? exact : throw new JsonException("The number has too many digits.");
    }

    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}

/// <summary>
/// Cuts incoming times to milliseconds, and refuses a time without an offset: the framework would assume the time zone of the machine.
/// </summary>
internal sealed class MillisecondJson : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TryGetDateTime(out var time) && time.Kind is DateTimeKind.Unspecified
            ? throw new JsonException("The time has no offset; one of UTC ends with Z, as in 2010-12-01T08:26:00Z.")
            : StoredTime.Cut(reader.GetDateTimeOffset());

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value);
}
