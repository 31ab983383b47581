using System.Text.RegularExpressions;

namespace ModularShop.Kernel.Processes;

/// <summary>Finds everything that is wrong with the content of a topology file.</summary>
internal static partial class TopologyCheck
{
    /// <param name="modules">The names of the modules of this build.</param>
    public static IEnumerable<string> Problems(TopologyContent content, IReadOnlyList<string> modules)
    {
        if (content.Version is not > 0)
        {
            yield return "version: A number from 1 on is expected. It must grow with each change.";
        }
        if (content.Processes is not { Count: > 0 } processes)
        {
            yield return "processes: At least one process is expected, for example "
                + """{ "main": { "address": "http://localhost:5080", "modules": ["orders"] } }.""";
            yield break;
        }
        foreach (var problem in processes.SelectMany(process => ProblemsOf(process.Key, process.Value)))
        {
            yield return problem;
        }
        foreach (var problem in SameAddresses(processes).Concat(ProblemsOfPlaces(processes, modules)))
        {
            yield return problem;
        }
    }

    private static IEnumerable<string> ProblemsOf(string name, TopologyContent.Process? process)
    {
        if (!Name().IsMatch(name))
        {
            yield return $"processes.{name}: A name has lower-case letters, digits and hyphens, and begins with a letter.";
        }
        if (process is null)
        {
            yield return $"processes.{name}: An object is expected.";
        }
        else if (!PlacedProcess.IsAddress(process.Address))
        {
            yield return $"processes.{name}.address: An address without a path is expected, for example http://localhost:5080.";
        }
    }

    private static IEnumerable<string> SameAddresses(IReadOnlyDictionary<string, TopologyContent.Process?> processes) =>
        from process in processes
        where PlacedProcess.IsAddress(process.Value?.Address)
        group process.Key by new Uri(process.Value!.Address!) into same
        where same.Count() > 1
        select $"processes.{same.Last()}.address: {same.First()} has the same address.";

    private static IEnumerable<string> ProblemsOfPlaces(
        IReadOnlyDictionary<string, TopologyContent.Process?> processes,
        IReadOnlyList<string> modules
    )
    {
        var placed = new Dictionary<string, string>();
        foreach (var (process, module) in processes.SelectMany(each => (each.Value?.Modules ?? []).Select(module => (each.Key, module))))
        {
            if (!modules.Contains(module))
            {
                var near = SettingNames.Nearest(module, modules);
                yield return $"processes.{process}.modules: There is no module '{module}'."
                    + (near is null ? $" The modules are: {string.Join(", ", modules)}." : $" Did you mean {near}?");
            }
            else if (!placed.TryAdd(module, process))
            {
                yield return $"processes.{process}.modules: {placed[module]} has '{module}' already. One process hosts a module.";
            }
        }
        foreach (var module in modules.Where(module => !placed.ContainsKey(module)))
        {
            yield return $"processes: No process hosts '{module}'.";
        }
    }

    [GeneratedRegex("^[a-z][a-z0-9-]*$")]
    private static partial Regex Name();
}
