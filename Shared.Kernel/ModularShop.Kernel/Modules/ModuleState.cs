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

    /// <summary>The module is being moved to another process. Its requests wait.</summary>
    Moving,

    /// <summary>The module runs in another process, which could not be asked.</summary>
    Unreachable,
}
