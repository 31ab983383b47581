using System.Text.Json.Serialization;

namespace ModularShop.Kernel.Modules;

/// <summary>What a module is doing in its process.</summary>
[JsonConverter(typeof(KebabCaseJson<ModuleState>))]
public enum ModuleState
{
    Stopped,
    Starting,
    Running,

    /// <summary>It could not start, or broke down: its routes answer 503, its events wait, the other modules run.</summary>
    Quarantined,
}
