using ModularShop.Kernel.Processes;

namespace ModularShop.Host.Topologies;

/// <summary>The Service and the StatefulSet of one process.</summary>
internal static class KubernetesProcess
{
    public const string SecretFile = "/run/modularshop/bus.secret";

    /// <summary>The port in the pod. The Service has the port of the address.</summary>
    public const int Port = 8080;

    // The user of Microsoft's images of .NET, which has no rights.
    private const int User = 1654;

    private const string TopologyFile = "/data/topology/topology.json";

    private const string CopyTopology =
        $"test -e {TopologyFile} || "
        + $"{{ mkdir -p /data/topology && cp /exported/topology.json {TopologyFile}.new && mv {TopologyFile}.new {TopologyFile}; }}";

    public static string Write(ExportSource source, PlacedProcess process) =>
        $$"""
            # Written by: modularshop topology export --format k8s
            # Settings, such as Kernel__Http__TrustedProxies with the network of the ingress controller's pods, go into a ConfigMap
            # modularshop-settings. It may be missing.
            apiVersion: v1
            kind: Service
            metadata:
              name: {{Yaml.Quoted(process.Address.IdnHost)}}
            {{Labels(process, 2)}}
            spec:
              # There is one pod. While it is not ready, it still answers for the modules that are, and other processes read its events.
              publishNotReadyAddresses: true
              selector:
                app.kubernetes.io/name: modularshop
                app.kubernetes.io/component: {{Yaml.Quoted(process.Name)}}
              ports:
                - name: http
                  port: {{process.Address.Port}}
                  targetPort: http
            ---
            apiVersion: apps/v1
            kind: StatefulSet
            metadata:
              name: modularshop-{{process.Name}}
            {{Labels(process, 2)}}
            spec:
              serviceName: {{Yaml.Quoted(process.Address.IdnHost)}}
              # A module has one process: never more than one.
              replicas: 1
              selector:
                matchLabels:
                  app.kubernetes.io/name: modularshop
                  app.kubernetes.io/component: {{Yaml.Quoted(process.Name)}}
              template:
                metadata:
            {{Labels(process, 6)}}
                spec:
            {{Yaml.Block(Pod(source, process), 6)}}
              volumeClaimTemplates:
                - apiVersion: v1
                  kind: PersistentVolumeClaim
                  metadata:
                    name: data
                  spec:
                    # A local or block volume: SQLite's files must not be on a network file system.
                    accessModes: ["ReadWriteOnce"]
                    resources:
                      requests:
                        storage: 10Gi

            """;

    private static string Pod(ExportSource source, PlacedProcess process) =>
        $$"""
            automountServiceAccountToken: false
            # Variables of other Services could be taken for settings.
            enableServiceLinks: false
            terminationGracePeriodSeconds: 60
            securityContext:
              runAsNonRoot: true
              runAsUser: {{User}}
              runAsGroup: {{User}}
              fsGroup: {{User}}
              fsGroupChangePolicy: OnRootMismatch
              seccompProfile:
                type: RuntimeDefault
            initContainers:
              - name: topology
                image: {{Yaml.Quoted(source.Image)}}
                command: {{Yaml.List(["sh", "-c", CopyTopology])}}
            {{Yaml.Block(Restricted, 4)}}
                volumeMounts:
                  - name: data
                    mountPath: /data
                  - name: topology
                    mountPath: /exported
                    readOnly: true
            containers:
              - name: modularshop
                image: {{Yaml.Quoted(source.Image)}}
                args: {{Yaml.List(["run", "--topology", TopologyFile, "--as", process.Name])}}
                envFrom:
                  - configMapRef:
                      name: modularshop-settings
                      optional: true
                ports:
                  - name: http
                    containerPort: {{Port}}
            {{Yaml.Block(Probe("startupProbe", "/health/live", period: 5, failures: 60), 4)}}
            {{Yaml.Block(Probe("readinessProbe", "/health/ready?here", period: 5, failures: 3), 4)}}
            {{Yaml.Block(Probe("livenessProbe", "/health/live", period: 10, failures: 6), 4)}}
            {{Yaml.Block(Restricted, 4)}}
                volumeMounts:
                  - name: data
                    mountPath: /data
                  - name: secret
                    mountPath: /run/modularshop
                    readOnly: true
                  - name: temporary
                    mountPath: /tmp
            volumes:
              - name: topology
                configMap:
                  name: modularshop-topology
              - name: secret
                secret:
                  secretName: modularshop-bus
                  # 0440
                  defaultMode: 288
              - name: temporary
                emptyDir: {}
            """;

    private const string Restricted = """
        securityContext:
          allowPrivilegeEscalation: false
          readOnlyRootFilesystem: true
          capabilities:
            drop: ["ALL"]
        """;

    // AllowedHosts of the shop need not contain the addresses of pods.
    private static string Probe(string name, string path, int period, int failures) =>
        $"""
            {name}:
              httpGet:
                path: {path}
                port: http
                httpHeaders:
                  - name: Host
                    value: localhost
              periodSeconds: {period}
              timeoutSeconds: 5
              failureThreshold: {failures}
            """;

    private static string Labels(PlacedProcess process, int spaces) =>
        Yaml.Block(
            $"""
            labels:
              app.kubernetes.io/name: modularshop
              app.kubernetes.io/component: {Yaml.Quoted(process.Name)}
            """,
            spaces
        );
}
