using Microsoft.AspNetCore.Builder;

namespace ModularShop.Kernel.Hosting;

/// <summary>Creates the root application, and names the setting when the framework refuses one.</summary>
internal static class RootBuilder
{
    /// <exception cref="InvalidSettingException">The configuration cannot be read.</exception>
    public static WebApplicationBuilder Create()
    {
        try
        {
            // Reloading of appsettings.json is off: the watcher would watch all files below its directory, including the modules'
            // files, and run at each write to them.
            return WebApplication.CreateSlimBuilder(["--hostBuilder:reloadConfigOnChange=false"]);
        }
        catch (InvalidDataException e)
        {
            throw InvalidSettingException.Of(e);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new InvalidSettingException(
                $"The content root {e.Message} does not exist. ASPNETCORE_CONTENTROOT or DOTNET_CONTENTROOT in the environment names it."
            );
        }
    }

    /// <summary>The framework reads its logging settings here.</summary>
    /// <exception cref="InvalidSettingException">One of them is not valid.</exception>
    public static WebApplication Build(WebApplicationBuilder builder)
    {
        try
        {
            return builder.Build();
        }
        catch (Exception e)
            when (e is InvalidOperationException or ArgumentException
                && e.Source?.StartsWith("Microsoft.Extensions.Logging", StringComparison.Ordinal) is true
            )
        {
            throw new InvalidSettingException($"A setting below Logging cannot be used: {e.Message}");
        }
    }
}
