namespace McpPlatform.PolicyEngine;

/// <summary>Why a part of a policy cannot be used. That part denies until it is fixed.</summary>
/// <param name="Path">Where in the document: <c>roles[0].grants[2].effect</c>. Empty for the document as a whole.</param>
/// <param name="Reason">What is wrong, as a sentence.</param>
/// <param name="Fix">What to write instead, as a sentence.</param>
public sealed record PolicyProblem(string Path, string Reason, string Fix);
