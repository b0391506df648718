namespace McpPlatform.Kernel;

/// <summary>What is shown with a version that counts its changes, from 1; callers name it when they change only what they read.</summary>
public interface IVersioned
{
    int Version { get; }
}
