using ModularShop.Kernel.Processes;

namespace ModularShop.Host.Topologies;

/// <summary>
/// A <c>compose.yaml</c> with a service for each process. If all addresses are loopback addresses, the containers share the network of
/// the machine; otherwise each is reached by the host name of its address.
/// </summary>
internal static class ComposeFormat
{
    private const string TopologyName = "topology.json";

    public static IReadOnlyList<ExportedFile> Write(ExportSource source)
    {
        var isLoopback = source.Processes.All(process => process.Address.IsLoopback);
        if (isLoopback)
        {
            source.Processes.ToList().ForEach(process => ContainerTopology.CheckScheme(source, process));
        }
        else
        {
            ContainerTopology.CheckNames(source, "Compose");
        }
        var topology = ContainerTopology.Write(
            source.Topology,
            "bus.secret",
            process => isLoopback ? process.Listen : $"http://*:{process.Address.Port}"
        );
        return [new("compose.yaml", Compose(source, isLoopback)), new(TopologyName, topology)];
    }

    private static string Compose(ExportSource source, bool isLoopback) =>
        $$"""
            # Written by: modularshop topology export --format compose
            # Start it with: docker compose up --detach
            #
            # The image is made by: docker build -f docs/Dockerfile -t modularshop .
            # The shop must not be reached from other machines without a proxy in front that keeps /admin and /bus to itself, such as
            # nginx (--format nginx). Name the proxy's address in MODULARSHOP_TRUSTED_PROXIES.

            services:
              # Copies the topology to the volume that the processes share, unless it is there: moving a module changes it.
              init_topology:
                image: {{Quoted(source.Image)}}
                user: "0"
                network_mode: none
                entrypoint: ["sh", "-c"]
                command:
                  - >-
                    chown "$$APP_UID" /topology && {
                    test -e /topology/{{TopologyName}} ||
                    { install -o "$$APP_UID" -m 600 /exported/{{TopologyName}} /topology/{{TopologyName}}.new &&
                    mv /topology/{{TopologyName}}.new /topology/{{TopologyName}}; }; }
                volumes:
                  - ./{{TopologyName}}:/exported/{{TopologyName}}:ro
                  - topology:/topology

            {{string.Join("\n\n", source.Processes.Select(process => Service(source, process, isLoopback)))}}

            volumes:
              topology:
            {{string.Join('\n', source.Processes.Select(process => $"  data_{process.Name}:"))}}

            """;

    private static string Service(ExportSource source, PlacedProcess process, bool isLoopback) =>
        $$"""
              "{{process.Name}}":
                image: {{Quoted(source.Image)}}
                command: ["run", "--topology", "/topology/{{TopologyName}}", "--as", "{{process.Name}}"]
                environment:
                  Kernel__Http__TrustedProxies: "${MODULARSHOP_TRUSTED_PROXIES:-}"
                depends_on:
                  init_topology:
                    condition: service_completed_successfully
            {{Network(source, process, isLoopback)}}
                volumes:
                  - data_{{process.Name}}:/data
                  - topology:/topology
                healthcheck:
                  test: ["CMD", "bash", "-c", {{Quoted(Probe(isLoopback ? process.Address.IdnHost : "127.0.0.1", process.Address.Port))}}]
                  interval: 10s
                  timeout: 5s
                  retries: 3
                  start_period: 60s
                restart: unless-stopped
                stop_grace_period: 60s
                read_only: true
                tmpfs: ["/tmp"]
                cap_drop: ["ALL"]
                security_opt: ["no-new-privileges:true"]
            """;

    private static string Network(ExportSource source, PlacedProcess process, bool isLoopback)
    {
        if (isLoopback)
        {
            return "    network_mode: host";
        }
        var port = process.Address.Port;
        var published = process == source.First ? $"\n    ports: [\"127.0.0.1:{port}:{port}\"]" : "";
        return $$"""
                networks:
                  default:
                    aliases: [{{Quoted(process.Address.IdnHost)}}]{{published}}
            """;
    }

    // The image contains no program that sends HTTP requests. The path asks for this process alone.
    private static string Probe(string host, int port) =>
        $"exec 3<>/dev/tcp/{host}/{port} && "
        + @"printf 'GET /health/ready?here HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3 && "
        + "read -r _ status _ <&3 && test \"$status\" = 200";

    // Compose replaces variables in all values.
    private static string Quoted(string text) => Yaml.Quoted(text).Replace("$", "$$", StringComparison.Ordinal);
}
