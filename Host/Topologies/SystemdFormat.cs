using System.Text.RegularExpressions;
using ModularShop.Kernel;
using ModularShop.Kernel.Processes;

namespace ModularShop.Host.Topologies;

/// <summary>A systemd unit for each process, with its user and its directories.</summary>
internal static partial class SystemdFormat
{
    private const int FirstUnprivilegedPort = 1024;

    // What ProtectHome hides.
    private static readonly string[] Homes = ["/home/", "/root/", "/run/user/"];

    public static IReadOnlyList<ExportedFile> Write(ExportSource source)
    {
        if (source.Executable.IndexOfAny(['"', '\'', '\\']) >= 0)
        {
            throw new InvalidSettingException(
                $"systemd starts no program whose path has a quote or a backslash in it: {source.Executable}"
            );
        }
        return
        [
            .. source.Processes.Select(process => new ExportedFile($"modularshop-{process.Name}.service", Unit(source, process))),
            new(
                "modularshop.sysusers.conf",
                """
                # The user that the processes run as. Install it as /etc/sysusers.d/modularshop.conf, and run systemd-sysusers.
                u modularshop - "ModularShop"

                """
            ),
            new(
                "modularshop.tmpfiles.conf",
                $"""
                # The directories of the modules' files. Install it as /etc/tmpfiles.d/modularshop.conf, and run systemd-tmpfiles --create.
                {string.Join(
                    '\n',
                    source.Processes.Select(process => $"d {Specified(Quoted(DataOf(process)))} 0700 modularshop modularshop")
                )}

                """
            ),
        ];
    }

    private static string Unit(ExportSource source, PlacedProcess process) =>
        $"""
            # Written by: modularshop topology export --format systemd
            #
            #   install -m 644 modularshop.sysusers.conf /etc/sysusers.d/modularshop.conf && systemd-sysusers
            #   install -m 644 modularshop.tmpfiles.conf /etc/tmpfiles.d/modularshop.conf && systemd-tmpfiles --create
            #   install -m 644 modularshop-*.service /etc/systemd/system && systemctl daemon-reload
            #   systemctl enable --now modularshop-{process.Name}
            #
            # The user modularshop must own the directory of the topology file, as moving a module replaces the file, and so must be able
            # to read the secret: give it a directory that contains nothing else, such as /etc/modularshop.

            [Unit]
            Description=ModularShop, process {process.Name}: {(
                process.Modules.Count == 0 ? "no module" : string.Join(", ", process.Modules)
            )}
            Wants=network-online.target
            After=network-online.target

            [Service]
            Type=exec
            ExecStart={Specified(Quoted(source.Executable))} run --topology {Argument(source.File)} --as {process.Name} --data {Argument(
                DataOf(process)
            )}
            # Settings, such as Kernel__Http__TrustedProxies=127.0.0.1, a line each. The files may be missing.
            EnvironmentFile=-/etc/modularshop.env
            EnvironmentFile=-/etc/modularshop-{process.Name}.env

            User=modularshop
            Group=modularshop
            WorkingDirectory={Specified(DataOf(process))}
            UMask=0077

            KillSignal=SIGTERM
            # Longer than the requests, background services and writers may take.
            TimeoutStopSec=60
            Restart=on-failure
            RestartSec=1
            # Wrong usage and wrong settings do not get better.
            RestartPreventExitStatus=2

            # Nothing but its data and the topology. MemoryDenyWriteExecute would forbid the runtime to compile.
            ProtectSystem=strict
            ReadWritePaths={string.Join(' ', WrittenBy(source, process).Select(path => Specified(Quoted(path))))}
            ProtectHome={(WrittenBy(source, process).Append(source.Executable).Any(IsInHome) ? "no" : "yes")}
            NoNewPrivileges=yes
            {(
                Ports(process).Any(port => port < FirstUnprivilegedPort)
                    ? "AmbientCapabilities=CAP_NET_BIND_SERVICE\nCapabilityBoundingSet=CAP_NET_BIND_SERVICE"
                    : "CapabilityBoundingSet="
            )}
            PrivateTmp=yes
            PrivateDevices=yes
            ProtectClock=yes
            ProtectHostname=yes
            ProtectKernelLogs=yes
            ProtectKernelTunables=yes
            ProtectKernelModules=yes
            ProtectControlGroups=yes
            RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
            RestrictNamespaces=yes
            RestrictRealtime=yes
            RestrictSUIDSGID=yes
            LockPersonality=yes
            SystemCallArchitectures=native
            LimitNOFILE=65536

            [Install]
            WantedBy=multi-user.target

            """;

    private static string DataOf(PlacedProcess process) =>
        process.Data is { } data ? Path.GetFullPath(data) : $"/var/lib/modularshop/{process.Name}";

    private static IEnumerable<string> WrittenBy(ExportSource source, PlacedProcess process) =>
        new[]
        {
            DataOf(process),
            Path.GetDirectoryName(source.File)!,
            Path.GetDirectoryName(Path.GetFullPath(source.Topology.SecretFile))!,
        }.Distinct();

    private static bool IsInHome(string path) => Homes.Any(home => $"{path}/".StartsWith(home, StringComparison.Ordinal));

    private static IEnumerable<int> Ports(PlacedProcess process) =>
        process.Listen is { } listen
            ? Port().Matches(listen).Select(port => int.Parse(port.ValueSpan, provider: null))
            : [process.Address.Port];

    // In the arguments of a command, systemd also replaces variables.
    private static string Argument(string text) => Specified(Quoted(text)).Replace("$", "$$", StringComparison.Ordinal);

    private static string Specified(string text) => text.Replace("%", "%%", StringComparison.Ordinal);

    private static string Quoted(string text) =>
        $"\"{text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    [GeneratedRegex(@"(?<=:)\d{1,5}(?=/?(;|\s|$))")]
    private static partial Regex Port();
}
