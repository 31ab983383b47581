using System.Text.Json.Serialization;

namespace ModularShop.Kernel.Modules;

/// <summary>The state of a module in its process.</summary>
[JsonConverter(typeof(KebabCaseJson<ModuleState>))]
public enum ModuleState
{
    Stopped,
    Starting,
    Running,

    /// <summary>The module could not start, or failed later. Its routes answer 503 and its events wait. The other modules run.</summary>
    Quarantined,
}
