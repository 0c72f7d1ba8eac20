package dev.octet.torch.archive;

/// Advice that several refusals share.
final class Pt2Hints {
  static final String FETCH_AGAIN =
      "save it again with torch.export.save, or copy it again from where it came from";
  static final String SAVE_WITH_NEWER =
      "load it with the PyTorch that wrote it, export the model again with PyTorch 2.9 or newer and"
          + " save that";

  static final String SAVE_ANEW =
      "torch.save(model.state_dict(), …) saves its weights, torch.export.save(torch.export.export("
          + "model, …), …) the network";

  private Pt2Hints() {}
}
