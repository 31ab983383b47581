using System.Text.Json;
using System.Text.Json.Serialization;
using ModularShop.Catalog.Contracts;
using ModularShop.Customers.Contracts;
using ModularShop.Orders.Contracts;

namespace ModularShop.Benchmarks.Raw;

/// <summary>Reads payloads by generated code.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(CustomerRegistered))]
[JsonSerializable(typeof(ProductAdded))]
[JsonSerializable(typeof(OrderImported))]
[JsonSerializable(typeof(ReturnImported))]
internal sealed partial class RawEvents : JsonSerializerContext;
