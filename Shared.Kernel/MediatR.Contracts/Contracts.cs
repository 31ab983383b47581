namespace MediatR;

/// <summary>A request of any kind, with or without a response.</summary>
public interface IBaseRequest;

/// <summary>A request without a response.</summary>
public interface IRequest : IBaseRequest;

/// <summary>A request with a response.</summary>
public interface IRequest<out TResponse> : IBaseRequest;

/// <summary>A request that is answered with a stream.</summary>
public interface IStreamRequest<out TResponse>;

/// <summary>A notification, which any number of handlers may handle.</summary>
public interface INotification;

/// <summary>The response of a request that has none: a type with a single value.</summary>
public readonly struct Unit : IEquatable<Unit>, IComparable<Unit>, IComparable
{
    private static readonly Unit Only;

    public static ref readonly Unit Value => ref Only;

    public static Task<Unit> Task { get; } = System.Threading.Tasks.Task.FromResult(Only);

    public int CompareTo(Unit other) => 0;

    int IComparable.CompareTo(object? obj) => 0;

    public bool Equals(Unit other) => true;

    public override bool Equals(object? obj) => obj is Unit;

    public override int GetHashCode() => 0;

    public override string ToString() => "()";

    public static bool operator ==(Unit first, Unit second) => true;

    public static bool operator !=(Unit first, Unit second) => false;

    public static bool operator <(Unit first, Unit second) => false;

    public static bool operator >(Unit first, Unit second) => false;

    public static bool operator <=(Unit first, Unit second) => true;

    public static bool operator >=(Unit first, Unit second) => true;
}
