using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using ModularShop.Kernel.Processes;

namespace ModularShop.Host.Topologies;

/// <summary>
/// Manifests for Kubernetes: for each process a StatefulSet, which never has two pods with the same files, and a Service with the host
/// name of its address; the topology, the secret, and an Ingress for what is public.
/// </summary>
internal static partial class KubernetesFormat
{
    private const int SecretBytes = 32;

    public static IReadOnlyList<ExportedFile> Write(ExportSource source)
    {
        ContainerTopology.CheckNames(source, "Kubernetes");
        foreach (var process in source.Processes)
        {
            if (!ProcessName().IsMatch(process.Name))
            {
                throw new Kernel.InvalidSettingException(
                    $"{source.File}: processes.{process.Name}: Kubernetes takes names of up to 40 characters that end with a letter or digit."
                );
            }
            if (!ServiceName().IsMatch(process.Address.IdnHost))
            {
                throw source.Refused(
                    process,
                    "address",
                    $"Kubernetes takes the name of a Service, for example http://{process.Name}:5080."
                );
            }
        }
        return
        [
            new("topology.yaml", Topology(source)),
            new("secret.yaml", Secret(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes))), IsSecret: true),
            .. source.Processes.Select(process => new ExportedFile(
                $"process-{process.Name}.yaml",
                KubernetesProcess.Write(source, process)
            )),
            new("ingress.yaml", Ingress(source)),
        ];
    }

    private static string Topology(ExportSource source) =>
        $"""
            # Written by: modularshop topology export --format k8s
            # Use it with: kubectl apply -f DIRECTORY
            #
            # Each process copies this file to its volume at its first start. Later the processes keep the copies up to date among
            # themselves, as modules are moved, and do not read this file any more.
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: modularshop-topology
              labels:
                app.kubernetes.io/name: modularshop
            data:
              topology.json: |
            {Yaml.Block(
                ContainerTopology.Write(source.Topology, KubernetesProcess.SecretFile, _ => $"http://*:{KubernetesProcess.Port}"),
                4
            )}

            """;

    private static string Secret(string secret) =>
        $"""
            # Made at random for this export. Whoever knows the secret may read all events and act as an operator: keep this file out of
            # version control.
            apiVersion: v1
            kind: Secret
            metadata:
              name: modularshop-bus
              labels:
                app.kubernetes.io/name: modularshop
            type: Opaque
            stringData:
              bus.secret: {Yaml.Quoted(secret)}

            """;

    private static string Ingress(ExportSource source) =>
        $"""
            # Only these paths are public; /admin, /bus and /health are not. Add a host, TLS and the class of your ingress controller, let
            # it pass on bodies without buffering them, and let it send no request twice.
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata:
              name: modularshop
              labels:
                app.kubernetes.io/name: modularshop
            spec:
              rules:
                - http:
                    paths:
            {string.Join(
                '\n',
                source.Processes.SelectMany(process => process.Modules.Select(module => Path($"/{module}", "Prefix", process)))
            )}
            {Path("/docs", "Prefix", source.First)}
            {Path("/", "Exact", source.First)}

            """;

    private static string Path(string path, string type, PlacedProcess process) =>
        $"""
                      - path: {path}
                        pathType: {type}
                        backend:
                          service:
                            name: {Yaml.Quoted(process.Address.IdnHost)}
                            port:
                              name: http
            """;

    [GeneratedRegex("^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$")]
    private static partial Regex ProcessName();

    [GeneratedRegex("^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$")]
    private static partial Regex ServiceName();
}
